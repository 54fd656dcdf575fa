import { afterEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../../store';
import { bothSides, keptSubscriptions } from '../support/billing';
import { useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { REFUSED } from '../support/faults';
import { runByHand } from '../support/run-by-hand';
import { until } from '../support/until';
import { allWorkedOn, knownUser, USER_WORKFLOWS } from '../support/users';

const campaign = useCampaign({ published: [...USER_WORKFLOWS, 'stripe-daily-sync'] });
const editor = useEditorApi(campaign);
const MORNING = { workflow: 'stripe-daily-sync', trigger: 'Every day at 08:00 UTC' };
const RESUME = { workflow: 'stripe-daily-sync', trigger: 'Every 15 minutes' };
const ROSA = 'rosa.keller@example.com';

afterEach(() => allWorkedOn(campaign, 240));

const quietly = (action: string, input: object = {}) =>
  campaign.act('stripe', action, { email: ROSA, deliver: false, ...input });

async function sync(path = MORNING): Promise<string> {
  const { status, data } = await runByHand(campaign, editor, path);
  expect(status).toBe('success');
  return data;
}

async function newestRun() {
  const { syncRuns } = await openStore(campaign.stack.databaseUrl);
  return (await syncRuns.newest('stripe-subscriptions', 1))[0];
}

/** The sandbox's crowd holds some of another product. */
async function expectAllKept(): Promise<void> {
  const { atStripe, inStore } = await bothSides(campaign);
  expect(inStore.size).toBeGreaterThan(0);
  for (const [id, kept] of inStore) expect([id, kept]).toEqual([id, atStripe.get(id)]);
}

describe('the daily sync', () => {
  it('first only fills the store, then changes nothing', async () => {
    await campaign.act('stripe', 'addSubscriptions', { count: 250, deliver: false });
    expect(await sync()).toContain('looked at 225 subscriptions: 225 new');
    const { deliveries } = await openStore(campaign.stack.databaseUrl);
    expect(await deliveries.find({}, 10)).toEqual([]);
    expect((await keptSubscriptions(campaign)).size).toBe(225);
    await expectAllKept();
    const before = await campaign.traces();
    expect(await sync()).toContain('all as the store has them');
    expect((await campaign.traces()).events).toBe(before.events);
  });

  it('finds what no webhook told, and the workflows work on it', async () => {
    await quietly('subscribe', { plan: 'pro' });
    await sync();
    await quietly('changePlan', { plan: 'enterprise' });
    expect(await sync()).toContain('0 new, 1 changed, 1 events raised');
    await allWorkedOn(campaign);
    expect(await knownUser(campaign, ROSA)).toMatchObject({
      segments: ['enterprise-tier'],
      fields: { subscription_tier: 'enterprise' },
    });
    await quietly('cancelNow');
    await sync();
    await allWorkedOn(campaign);
    expect(await knownUser(campaign, ROSA)).toMatchObject({ segments: ['churned'], campaigns: ['Win-back'] });
    expect(await sync()).toContain('all as the store has them');
  });

  it('within Stripe’s limit of test mode gets through', async () => {
    await campaign.act('stripe', 'addSubscriptions', { count: 3_000, deliver: false });
    await campaign.setState('stripe', { rateLimitPerSecond: 25 });
    expect(await sync()).toContain('looked at 2700 subscriptions');
  });

  it('that Stripe fails is red, says why, and is gone on with', async () => {
    await campaign.act('stripe', 'addSubscriptions', { count: 450, deliver: false });
    await campaign.slowDown(200);
    const running = runByHand(campaign, editor, MORNING);
    await until(async () => Number((await newestRun())?.counts.pages ?? 0) > 0, 'a page to be kept');
    await campaign.fail('stripe', { ...REFUSED, path: '^/v1/subscriptions' });
    const { status, data } = await running;
    await campaign.slowDown(0);
    expect(status).toBe('error');
    expect(data).toMatch(/Stripe could not list its subscriptions.*503/);
    expect(await newestRun()).toMatchObject({ state: 'failed', lastFailure: expect.stringMatching(/503/) });
    await campaign.fail('stripe');
    expect(await sync(RESUME)).toContain('It went on with a run that was cut off.');
    expect(await newestRun()).toMatchObject({ state: 'done', resumed: 1, counts: { looked: 405 } });
    expect(await sync(RESUME)).toContain('there is nothing to go on with');
    await expectAllKept();
  });

  it('that Stripe fails from the start is gone on with as well, and finds a pause of payments', async () => {
    await quietly('subscribe', { plan: 'pro' });
    await sync();
    await quietly('pauseCollection');
    await campaign.fail('stripe', REFUSED);
    expect(await runByHand(campaign, editor, MORNING)).toMatchObject({ status: 'error' });
    await campaign.fail('stripe');
    expect(await sync(RESUME)).toContain('0 new, 1 changed, 1 events raised');
    await allWorkedOn(campaign);
    expect((await knownUser(campaign, ROSA)).fields).toMatchObject({ subscription_status: 'paused' });
  });

  it('beside live events loses none of either', async () => {
    await campaign.act('stripe', 'addSubscriptions', { count: 1_000, deliver: false });
    const running = sync();
    const emails = Array.from({ length: 20 }, (_none, index) => `person${index * 40 + 1}@crowd.example`);
    for (const email of emails) {
      await campaign.act('stripe', 'cancelAtPeriodEnd', { email }).catch(() => undefined);
    }
    await campaign.act('stripe', 'subscribe', { email: ROSA, plan: 'pro' });
    await running;
    await allWorkedOn(campaign, 240);
    await expectAllKept();
    expect(await sync()).toContain('all as the store has them');
  });

  it('killed with kill -9 in the middle goes on where it was', async () => {
    await campaign.act('stripe', 'addSubscriptions', { count: 3_000, deliver: false });
    await campaign.slowDown(100);
    await editor.run(MORNING.workflow, MORNING.trigger);
    await until(async () => Number((await newestRun())?.counts.pages ?? 0) > 2, 'some pages to be kept');
    await campaign.stack.n8n.kill();
    await campaign.slowDown(0);
    const atDeath = (await keptSubscriptions(campaign)).size;
    expect(atDeath).toBeLessThan(2_700);
    await campaign.stack.n8n.start();
    expect(await sync()).toContain('a run is under way since');
    await campaign.sql(`update lifecycle.sync_run set lease_expires_at = now()`);
    expect(await sync(RESUME)).toContain('It went on with a run that was cut off.');
    expect((await keptSubscriptions(campaign)).size).toBe(2_700);
    await expectAllKept();
    expect(await sync()).toContain('all as the store has them');
  });
});
