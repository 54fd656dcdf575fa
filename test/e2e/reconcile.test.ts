import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { validateLog } from '../contract/contract';
import { expectOneCoupon, useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { expectInvariants, WITHOUT_WAITS } from '../support/invites';
import { reconcile, RECONCILE_SOON } from '../support/reconcile';
import { until } from '../support/until';

const campaign = useCampaign({
  parameters: { ...WITHOUT_WAITS, ...RECONCILE_SOON },
});
const editor = useEditorApi(campaign);

afterEach(async () => {
  expect(validateLog(await campaign.requests())).toEqual([]);
});

const save = (email: string, fields: object) => campaign.act('mautic', 'saveContact', { email, fields });

/** Whose changes were added by a run. */
async function found(): Promise<Set<string | undefined>> {
  const payloads = (await campaign.mauticDeliveries('Discord invite')).map(({ event }) => event.payload);
  const added = payloads.filter(({ reconciled }) => reconciled);
  return new Set(added.map((payload) => /[\w.]+@example\.com/.exec(JSON.stringify(payload))?.[0]));
}

const invited = async () => (await campaign.emails()).map(({ emailAddress }) => emailAddress).sort();

/** As Mautic does by itself when an address only fails: from now on it sends nothing. */
async function loseMauticsWebhooks(): Promise<void> {
  const { webhooks } = await campaign.stateOf<{ webhooks: object[] }>('mautic');
  await campaign.setState('mautic', { webhooks: webhooks.map((hook) => ({ ...hook, isPublished: false })) });
}

async function expectGood(): Promise<void> {
  const { stripe, mautic } = await reconcile(campaign, editor);
  expect([...stripe, ...mautic].filter((status) => status !== 'success')).toEqual([]);
}

async function expectNothingMore(): Promise<void> {
  await campaign.allSettled();
  const [before, emails] = [await campaign.traces(), await campaign.emails()];
  await expectGood();
  await campaign.allSettled();
  expect((await campaign.traces()).events).toBe(before.events);
  expect(await campaign.emails()).toEqual(emails);
}

describe('what Mautic sent while n8n was down', () => {
  it('is lost, and found by the next run: each contact gets one invite and one e-mail', async () => {
    await save('known@example.com', { firstname: 'Known' });
    await campaign.allSettled();
    await campaign.stack.n8n.stop();
    // Mautic's clock has whole seconds: what came in during one stands for all changes of that second.
    await pause(1_000);
    await campaign.optIn('new@example.com', { vip_status: true });
    await campaign.optIn('known@example.com');
    await campaign.stack.n8n.start();
    await campaign.optIn('arrives@example.com');
    await expectInvariants(campaign, 'arrives@example.com');
    expect(await invited()).toEqual(['arrives@example.com']);

    await expectGood();
    expect((await expectInvariants(campaign, 'new@example.com')).tier).toBe('vip');
    expect((await expectInvariants(campaign, 'known@example.com')).tier).toBe('basic');
    await expectInvariants(campaign, 'arrives@example.com');
    expect(await invited()).toEqual(['arrives@example.com', 'known@example.com', 'new@example.com']);
    expect(await campaign.invites()).toHaveLength(3);
    expect(await found()).toEqual(new Set(['known@example.com', 'new@example.com']));

    await expectNothingMore();
  });
});

describe('a purchase of which Stripe never managed to tell', () => {
  it('is found: one coupon, one e-mail, also when Stripe does deliver it later', async () => {
    const { eventId } = await campaign.buy({ email: 'lost@example.com', deliver: false });
    await expectGood();
    await campaign.settled([eventId], 'done');
    await expectOneCoupon(campaign, 'lost@example.com');

    await campaign.act('stripe', 'redeliver', { eventId, copies: 3 });
    await until(async () => (await deliveryOf(eventId)) === 'delivered', 'Stripe to deliver it');
    await expectNothingMore();
    await expectOneCoupon(campaign, 'lost@example.com');
    expect(await campaign.deliveriesOf([eventId])).toHaveLength(1);
  });

  it('and of one that it still tries to deliver after n8n was down, each is fulfilled once', async () => {
    await campaign.stack.n8n.stop();
    const tried = await campaign.buy({ email: 'tried@example.com' });
    const lost = await campaign.buy({ email: 'lost@example.com', deliver: false });
    await campaign.stack.n8n.start();
    await expectGood();
    await until(async () => (await deliveryOf(tried.eventId)) === 'delivered', 'Stripe to deliver it');
    await campaign.settled([tried.eventId, lost.eventId], 'done');
    await expectNothingMore();
    expect(await invited()).toEqual(['lost@example.com', 'tried@example.com']);
    expect(await campaign.codes()).toHaveLength(2);
  });
});

describe('while Mautic is down', () => {
  it('what Stripe lost is found, Slack is told of the other path, and the next run catches up', async () => {
    await loseMauticsWebhooks();
    await campaign.optIn('patient@example.com');
    const { eventId } = await campaign.buy({ email: 'buyer@example.com', deliver: false });
    await campaign.fail('mautic', { status: 503 });
    const { stripe, mautic } = await reconcile(campaign, editor);
    expect(new Set(stripe)).toEqual(new Set(['success']));
    expect(new Set(mautic)).toEqual(new Set(['error']));
    expect(await campaign.settled([eventId], 'failed')).toHaveLength(1);
    await until(
      async () =>
        (await campaign.slackMessages()).some((text) =>
          /\*Reconcile missed\* failed at _Catch up with Mautic_.*Mautic.*503/s.test(text),
        ),
      'Slack to be told',
    );

    await campaign.fail('mautic');
    await campaign.act('mautic', 'republishWebhooks');
    await expectGood();
    await campaign.passTime();
    await campaign.settled([eventId], 'done');
    await expectInvariants(campaign, 'patient@example.com');
    expect(await invited()).toEqual(['buyer@example.com', 'patient@example.com']);
    expect(await campaign.invites()).toHaveLength(1);
    expect(await campaign.codes()).toHaveLength(1);
    await expectNothingMore();
  });
});

/** What Stripe holds of the delivery of one of its events. */
async function deliveryOf(eventId: string): Promise<string | undefined> {
  const { events } = await campaign.stateOf<{
    events: Array<{ id: string; deliveries: Array<{ state: string }> }>;
  }>('stripe');
  return events.find(({ id }) => id === eventId)?.deliveries[0]?.state;
}
