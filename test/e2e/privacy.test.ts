import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore, type Store } from '../../store';
import { useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { until } from '../support/until';
import { allWorkedOn, expectAllDone, keptUser, knownUser, USER_WORKFLOWS } from '../support/users';

const campaign = useCampaign({
  published: USER_WORKFLOWS,
  parameters: {
    // Nobody is logged in here.
    'privacy-form': { authentication: 'none', requireExecuteAccess: false },
    'retention-schedule': { rule: { interval: [{ field: 'seconds', secondsInterval: 2 }] } },
  },
});
const editor = useEditorApi(campaign);
const ADA = 'ada.privacy@example.com';
const GRACE = 'grace@example.com';
const FORM = 'privacy-request';
const ERASE = 'Erase the person for good';
const EXPORT = 'Export everything held';
let store: Store;

beforeEach(async () => {
  store = await openStore(campaign.stack.databaseUrl);
});

afterEach(() => expectAllDone(campaign));

/** The same however often it is sent. */
const signUp = (minute: number) =>
  campaign.act('app', 'register', {
    email: ADA,
    name: 'Ada Privacy',
    plan: 'free',
    id: `signup-${minute}`,
    timestamp: new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString(),
  });

/** Ada and Grace sign up, and Ada buys a subscription; all of it is worked on. Gives Stripe's events. */
async function withCustomers(): Promise<string[]> {
  await signUp(1);
  await campaign.act('app', 'register', { email: GRACE, name: 'Grace Hopper', plan: 'free' });
  await allWorkedOn(campaign);
  const subscribed = await campaign.act('stripe', 'subscribe', {
    email: ADA,
    name: 'Ada Privacy',
    plan: 'pro',
  });
  await allWorkedOn(campaign);
  return (subscribed as { eventIds: string[] }).eventIds;
}

/** Fills in the form of the published workflow, and sends it. */
async function submit(...fields: string[]): Promise<void> {
  const form = new FormData();
  fields.forEach((value, index) => form.append(`field-${index}`, value));
  const response = await fetch(`${campaign.stack.n8nUrl}/form/${FORM}`, { method: 'POST', body: form });
  expect(response.status).toBe(200);
}

/** Whether anything of the store, in whatever table, names Ada or what providers know her by. */
async function traces(): Promise<string[]> {
  const held = await campaign.rows<{ content: string }>(
    `select * from (${TABLES.map((table) => `select '${table} ' || row_to_json(held)::text as content from lifecycle.${table} held`).join(' union all ')}) as rows`,
  );
  return held
    .map(({ content }) => content)
    .filter((content) => /ada.privacy|Ada Privacy|cus_/i.test(content));
}

/** What was taken in of the application and of Stripe; Mautic tells of everything that is written to it, some time. */
async function taken(): Promise<object[]> {
  return await campaign.rows(
    `select source, external_id, type, payload from lifecycle.event where source <> 'mautic' order by id`,
  );
}

const TABLES = [
  'event',
  'delivery',
  'handler',
  'effect',
  'invite',
  'webhook',
  'cursor',
  'customer',
  'customer_event',
  'plan_statement',
  'payment_statement',
  'subscription',
  'stage_change',
  'sequence_entry',
  'message',
  'message_event',
  'suppression',
  'email_preference',
  'sending_pause',
  'sync_run',
  'erasure',
  'erased_group',
];

describe('a privacy request', () => {
  it('erases a person for good: redeliveries and late events bring nobody back, a new sign-up does', async () => {
    const eventIds = await withCustomers();
    expect((await keptUser(campaign, ADA)).customer).toMatchObject({ tier: 'pro' });
    expect(await traces()).not.toEqual([]);
    await editor.publish(FORM);
    await submit(ADA, ERASE, ` ${ADA.toUpperCase()} `, 'ticket 4711');
    await until(async () => (await store.customers.get(ADA)) === undefined, 'the erasure');
    expect(await traces()).toEqual([]);
    expect((await keptUser(campaign, GRACE)).customer).toMatchObject({ name: 'Grace Hopper' });

    const calls = (await campaign.requests()).length;
    const events = await taken();
    await signUp(1);
    for (const eventId of eventIds) await campaign.act('stripe', 'redeliver', { eventId, copies: 2 });
    await allWorkedOn(campaign);
    expect(await taken()).toEqual(events);
    await signUp(2);
    await campaign.act('app', 'logIn', {
      email: ADA,
      timestamp: new Date(Date.now() - 60_000).toISOString(),
    });
    await campaign.allSettled();
    expect(await traces()).toEqual([]);
    expect((await campaign.requests()).length).toBe(calls);

    await campaign.act('app', 'register', { email: ADA, name: 'Ada Privacy', plan: 'free' });
    await allWorkedOn(campaign);
    expect((await keptUser(campaign, ADA)).customer).toMatchObject({ tier: 'free', lifetimeValue: 0 });
    expect(await knownUser(campaign, ADA)).toMatchObject({ contacts: 1 });
  });

  it('erases nobody when the second address is another one, nor when it asks for an export', async () => {
    await withCustomers();
    await editor.publish(FORM);
    await submit(ADA, ERASE, GRACE, '');
    await submit(ADA, ERASE, '', '');
    await submit(ADA, EXPORT, ADA, '');
    await submit(GRACE, ERASE, GRACE, '');
    await until(async () => (await store.customers.get(GRACE)) === undefined, 'the erasure of the last');
    expect((await keptUser(campaign, ADA)).customer).toMatchObject({ name: 'Ada Privacy' });
  });
});

describe('data retention', () => {
  it('removes old payloads, and nothing else', async () => {
    await withCustomers();
    await campaign.sql(`update lifecycle.event set received_at = received_at - interval '91 days'`);
    await campaign.act('app', 'logIn', { email: ADA });
    await allWorkedOn(campaign);
    const before = await keptUser(campaign, ADA);
    await editor.publish('data-retention');
    const kept = () =>
      campaign.rows<{ type: string }>(
        `select type from lifecycle.event where source <> 'mautic' and payload_removed_at is null`,
      );
    await until(async () => (await kept()).length === 1, 'the old payloads to be removed');
    await editor.unpublish('data-retention');
    expect(await kept()).toEqual([{ type: 'user.loggedIn' }]);
    expect(await keptUser(campaign, ADA)).toEqual(before);
    await signUp(1);
    await campaign.allSettled();
    expect(await keptUser(campaign, ADA)).toEqual(before);
  });
});
