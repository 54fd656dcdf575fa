import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleReconcile } from '../../../nodes/LifecycleReconcile/LifecycleReconcile.node';
import { catchUpWithMautic } from '../../../nodes/LifecycleReconcile/mautic';
import { catchUpWithStripe } from '../../../nodes/LifecycleReconcile/stripe';
import { STRIPE_SECRET_KEY } from '../../../sandbox/identities';
import { MauticDouble } from '../../../sandbox/mautic';
import { StripeDouble } from '../../../sandbox/stripe';
import { providers, type Provider } from '../../../services/intake';
import { StripeClient } from '../../../services/stripe';
import type { Store } from '../../../store';
import { axiosRequest } from '../../../stack/axios-request';
import { stripeCredential } from '../../support/billing-events';
import { executeNode } from '../../support/execute-node';
import { startHttpServer, type TestServer } from '../../support/http-server';
import { mauticApi, mauticCredential } from '../../support/mautic';
import { mauticContact, type ContactTimes } from '../../support/mautic-contacts';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';
import { stripeEvents } from '../../support/stripe-events';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LONG_AGO = new Date('2026-01-01T00:00:00Z');
const MAYA = 1;

const database = useStore();
let store: Store;
let stripe: TestSandbox;
let mautic: TestSandbox;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  store = await database.empty();
  for (const sandbox of [stripe, mautic]) {
    await sandbox.reset();
    await sandbox.fail();
    await sandbox.forgetRequests();
  }
});
afterAll(async () => {
  await stripe.close();
  await mautic.close();
});

const ago = (milliseconds: number): Date => new Date(Date.now() - milliseconds);

/** What a run of the node says. */
async function run(
  parameters: INodeParameters,
  credentials = [stripeCredential(stripe.url), mauticCredential(mautic.url), storeCredential(database.url())],
  items: IDataObject[] = [{}],
): Promise<IDataObject> {
  const [output = []] = await executeNode({ node: new LifecycleReconcile(), parameters, credentials }, items);
  expect(output).toHaveLength(1);
  return output[0]?.json ?? {};
}

interface StoredRow {
  externalId: string;
  type: string;
  groupKey: string;
  occurredAt: Date;
  payload: IDataObject;
}

/** The store's events, in the order in which they are handed out. */
function stored(): Promise<StoredRow[]> {
  return database.sql<StoredRow>(
    `select external_id as "externalId", type, group_key as "groupKey", occurred_at as "occurredAt", payload
     from lifecycle.event order by id`,
  );
}

function cursors(): Promise<Array<{ name: string; position: string }>> {
  return database.sql('select name, position from lifecycle.cursor order by name');
}

function providerOf(source: Provider['source']): Provider {
  const found = providers.find((provider) => provider.source === source);
  if (!found) throw new Error(`There is no provider ${source}.`);
  return found;
}

/** Takes in a webhook's body as the intake does. */
async function deliver(source: 'stripe' | 'mautic', body: unknown): Promise<void> {
  const events = providerOf(source).parse(body, new Date());
  await store.events.acceptAll(events.map((event) => ({ source, ...event })));
}

describe('catching up with Stripe', () => {
  const runStripe = (parameters: INodeParameters = {}) => run({ provider: 'stripe', ...parameters });
  const payloadOf = (event: object | undefined): unknown =>
    JSON.parse((event as { payload: string } | undefined)?.payload ?? '{}');

  it('adds what was lost, once, and leaves what was delivered alone', async () => {
    const events = stripeEvents([ago(3 * MINUTE_MS), ago(2 * MINUTE_MS), ago(MINUTE_MS)]);
    await stripe.load({ events });
    await deliver('stripe', payloadOf(events[1]));

    expect(await runStripe()).toMatchObject({
      provider: 'stripe',
      looked: 3,
      added: 2,
      more: false,
      summary: expect.stringMatching(
        /Stripe: looked at 3 events from .*; 2 had never arrived and were added\.$/,
      ),
    });
    expect((await stored()).map(({ externalId }) => externalId)).toEqual(['evt_1', 'evt_0', 'evt_2']);

    expect(await runStripe()).toMatchObject({
      added: 0,
      summary: expect.stringContaining('nothing had been lost'),
    });
    expect(await stored()).toHaveLength(3);
  });

  it('adds an event just as its webhook would have', async () => {
    const events = stripeEvents([ago(MINUTE_MS)]);
    await stripe.load({ events });
    await runStripe();
    const [added] = await stored();
    await database.sql('delete from lifecycle.event');
    await deliver('stripe', payloadOf(events[0]));
    expect(await stored()).toEqual([{ ...added, payload: expect.objectContaining({ id: 'evt_0' }) }]);
  });

  it('hands it to the workflows that are interested', async () => {
    const eventTypes = ['stripe:checkout.session.completed'];
    await store.handlers.register({ id: 'w/n', workflowId: 'w', name: 'VIP coupon', eventTypes });
    await stripe.load({ events: stripeEvents([ago(MINUTE_MS)]) });
    await runStripe();
    expect(await store.deliveries.find({}, 10)).toMatchObject([{ state: 'waiting' }]);
  });

  it('asks for the types that can be subscribed to, and drops others', async () => {
    await stripe.load({ events: stripeEvents([ago(MINUTE_MS)], { type: 'price.created' }) });
    expect(await runStripe()).toMatchObject({ looked: 0, added: 0 });
    const [request] = await stripe.requests();
    expect(request?.query['types[]']).toEqual(providerOf('stripe').eventTypes.map(({ type }) => type));
  });

  it('looks back as far as it is told to on the first run', async () => {
    await stripe.load({ events: stripeEvents([ago(3 * HOUR_MS), ago(HOUR_MS)]) });
    expect(await runStripe({ lookBackHours: 2 })).toMatchObject({ looked: 1, added: 1 });
    expect((await stored()).map(({ externalId }) => externalId)).toEqual(['evt_1']);
  });

  it('finds what Stripe lists late, up to an hour', async () => {
    await runStripe();
    await stripe.load({ events: stripeEvents([ago(90 * MINUTE_MS), ago(30 * MINUTE_MS)]) });
    expect(await runStripe()).toMatchObject({ looked: 1, added: 1 });
  });

  it('runs once, whatever number of items starts it', async () => {
    await run({ provider: 'stripe' }, undefined, [{}, {}, {}]);
    expect(await stripe.calls()).toHaveLength(1);
  });

  describe('in many pages', () => {
    const NOW = new Date('2026-05-04T12:00:00Z');
    const times = (count: number, from: Date): Date[] =>
      Array.from({ length: count }, (_, index) => new Date(from.getTime() + index * 1000));
    const catchUp = (now: Date, mostPages: number) => {
      const request = axiosRequest({ Authorization: `Bearer ${STRIPE_SECRET_KEY}` });
      const client = new StripeClient({ url: stripe.url, request, sleep: () => Promise.resolve() });
      return catchUpWithStripe(client, store, { now, mostPages, lookBackMs: DAY_MS });
    };
    const later = (minutes: number): Date => new Date(NOW.getTime() + minutes * MINUTE_MS);

    it('adds them all', async () => {
      await stripe.load({ events: stripeEvents(times(250, new Date(NOW.getTime() - HOUR_MS))) });
      expect(await catchUp(NOW, 100)).toMatchObject({ looked: 250, added: 250, more: false });
    });

    it('stops at its bound and goes on without a gap, though new ones keep coming', async () => {
      const old = stripeEvents(times(450, new Date(NOW.getTime() - 10 * HOUR_MS)), { prefix: 'evt_old' });
      await stripe.load({ events: old });
      expect(await catchUp(NOW, 2)).toMatchObject({ added: 200, more: true, to: NOW });

      const newer = stripeEvents(times(30, later(5)), { prefix: 'evt_new' });
      await stripe.load({ events: [...old, ...newer] });
      expect(await catchUp(later(15), 2)).toMatchObject({ more: true, to: NOW });
      // What was left is read to its end, and then what came meanwhile.
      expect(await catchUp(later(30), 2)).toMatchObject({ more: false, to: later(30) });
      expect(await stored()).toHaveLength(480);

      expect(await catchUp(later(45), 2)).toMatchObject({ looked: 30, added: 0, more: false });
    });
  });

  describe('when something is down', () => {
    it.each([
      ['a wrong key', 'sk_test_wrong', {}, /could not list its events.*401.*Lifecycle Stripe API/],
      ['a key without the right', STRIPE_SECRET_KEY, { status: 403 }, /403.*Events/],
      ['an outage', STRIPE_SECRET_KEY, { status: 500 }, /500.*tried again later/],
    ])('tells of %s, and leaves the cursor', async (_, key, fault, message) => {
      await stripe.fail(...('status' in fault ? [{ path: '/v1/events', ...fault }] : []));
      const credentials = [stripeCredential(stripe.url, key), storeCredential(database.url())];
      await expect(run({ provider: 'stripe' }, credentials)).rejects.toThrow(message);
      expect(await cursors()).toEqual([]);
    });

    it('keeps the pages that came before an outage, and adds the rest afterwards', async () => {
      const times = Array.from({ length: 150 }, (_, index) => ago(HOUR_MS - index * 1000));
      await stripe.load({ events: stripeEvents(times) });
      await stripe.fail({ times: 1, latencyMs: 0 }, { status: 400 });
      await expect(runStripe()).rejects.toThrow(/400/);
      expect(await stored()).toHaveLength(100);
      await stripe.fail();
      await runStripe();
      expect(await stored()).toHaveLength(150);
    });

    it('tells of a store that is out of reach', async () => {
      const credentials = [
        stripeCredential(stripe.url),
        storeCredential('postgres://nobody:x@127.0.0.1:1/none'),
      ];
      await expect(run({ provider: 'stripe' }, credentials)).rejects.toThrow(
        /The lifecycle store is out of reach\. .*Is PostgreSQL running/,
      );
    });

    it('does not move on when the store cannot take the events', async () => {
      await stripe.load({ events: stripeEvents([ago(MINUTE_MS)]) });
      await database.sql('alter table lifecycle.event rename to moved');
      await expect(runStripe()).rejects.toThrow();
      await database.sql('alter table lifecycle.moved rename to event');
      expect(await cursors()).toEqual([]);
      expect(await runStripe()).toMatchObject({ added: 1 });
    });
  });
});

describe('catching up with Mautic', () => {
  const runMautic = (parameters: INodeParameters = {}) => run({ provider: 'mautic', ...parameters });
  const now = { graceMinutes: 0 };
  let intake: TestServer;
  let intakeIsUp: boolean;

  /** An intake that takes Mautic's webhooks, unless it is down. */
  beforeEach(async () => {
    intakeIsUp = true;
    intake = await startHttpServer(async ({ body }) => {
      if (!intakeIsUp) return { status: 503 };
      await deliver('mautic', body);
      return {};
    });
    const state = await mautic.state<object>();
    const webhook = {
      id: 1,
      name: 'n8n',
      description: null,
      webhookUrl: intake.url,
      secret: 'secret',
      eventsOrderbyDir: null,
      triggers: ['mautic.lead_post_save_new', 'mautic.lead_post_save_update', 'mautic.lead_points_change'],
      isPublished: true,
      dateAdded: LONG_AGO.toISOString(),
      dateModified: new Date().toISOString(),
      log: [],
    };
    await mautic.load({ ...state, webhooks: [webhook] });
    database.beforeClosing(() => intake.close());
  });

  async function have(...contacts: ContactTimes[]): Promise<void> {
    const state = await mautic.state<object>();
    await mautic.load({
      ...state,
      contacts: contacts.map((times, index) => mauticContact(index + 1, times)),
    });
  }

  const save = (id: number, fields: object) => mautic.act('saveContact', { id, fields });

  it('adds an update that was lost, once', async () => {
    intakeIsUp = false;
    await save(MAYA, { opt_in_confirmed: false });
    expect(await stored()).toEqual([]);

    expect(await runMautic(now)).toMatchObject({
      provider: 'mautic',
      looked: 1,
      added: 1,
      more: false,
      summary: expect.stringMatching(
        /Mautic: looked at 1 changed contact from .*; 1 had never arrived and was added/,
      ),
    });
    await runMautic(now);
    expect(await stored()).toEqual([
      {
        externalId: expect.stringMatching(/^reconciled:1:\d{4}-/),
        type: 'mautic.lead_post_save_update',
        groupKey: expect.stringMatching(/^contact:/),
        occurredAt: expect.any(Date),
        payload: {
          reconciled: true,
          timestamp: expect.any(String),
          contact: expect.objectContaining({ id: 1, dateModified: expect.any(String) }),
        },
      },
    ]);
  });

  it('leaves alone what was delivered', async () => {
    await save(MAYA, { firstname: 'Maja' });
    await mautic.act('saveContact', { email: 'new@example.com' });
    expect(await stored()).toHaveLength(2);
    expect(await runMautic(now)).toMatchObject({ looked: 2, added: 0 });
    expect(await stored()).toHaveLength(2);
  });

  it('works on a lost update of the same group as the delivered ones', async () => {
    const contacts = { added: LONG_AGO, modified: ago(HOUR_MS) };
    await have(contacts);
    await runMautic();
    await save(1, { firstname: 'Later' });
    const groups = (await stored()).map(({ groupKey }) => groupKey);
    expect(groups).toHaveLength(2);
    expect(new Set(groups).size).toBe(1);
  });

  it('adds a lost update though an event of another kind came in later', async () => {
    await have({ added: LONG_AGO, modified: ago(HOUR_MS) });
    const timestamp = new Date().toISOString();
    await deliver('mautic', { 'mautic.lead_points_change': [{ contact: { id: 1 }, timestamp }] });
    expect(await runMautic()).toMatchObject({ looked: 1, added: 1 });
  });

  it('takes an update as lost when only an earlier one came in', async () => {
    const modified = ago(HOUR_MS);
    await have({ added: LONG_AGO, modified });
    const timestamp = new Date(modified.getTime() - 1000).toISOString();
    await deliver('mautic', { 'mautic.lead_post_save_update': [{ contact: { id: 1 }, timestamp }] });
    expect(await runMautic()).toMatchObject({ looked: 1, added: 1 });
  });

  it('adds a new contact that was never edited as such', async () => {
    await have({ added: ago(HOUR_MS) });
    expect(await runMautic()).toMatchObject({ looked: 1, added: 1 });
    expect(await stored()).toMatchObject([{ type: 'mautic.lead_post_save_new' }]);
  });

  it('passes over a contact that was only marked do-not-contact', async () => {
    await have({ added: LONG_AGO });
    intakeIsUp = false;
    await mautic.act('setDoNotContact', { id: 1 });
    expect(await runMautic(now)).toMatchObject({ looked: 0, added: 0 });
  });

  it('keeps a contact with an apostrophe as it is', async () => {
    const email = "liam.o'brien@example.com";
    await have({ added: ago(HOUR_MS), fields: { email, lastname: "O'Brien" } });
    await runMautic();
    expect(await stored()).toMatchObject([
      { payload: { contact: { fields: { all: { email, lastname: "O'Brien" } } } } },
    ]);
  });

  it('leaves young changes to a later run, whose webhooks may be under way', async () => {
    await have(
      { added: LONG_AGO, modified: ago(2 * MINUTE_MS) },
      { added: LONG_AGO, modified: ago(HOUR_MS) },
    );
    expect(await runMautic()).toMatchObject({ looked: 1, added: 1 });
    expect(await runMautic({ graceMinutes: 1 })).toMatchObject({ looked: 1, added: 1 });
    expect(await stored()).toHaveLength(2);
  });

  it('stays where it is when the grace period was made longer', async () => {
    await runMautic(now);
    const before = await cursors();
    expect(await runMautic({ graceMinutes: 60 })).toMatchObject({ looked: 0, added: 0, more: false });
    expect(await cursors()).toEqual(before);
  });

  it('looks back as far as it is told to on the first run', async () => {
    await have({ added: LONG_AGO, modified: ago(3 * HOUR_MS) }, { added: ago(HOUR_MS) });
    expect(await runMautic({ lookBackHours: 2 })).toMatchObject({ looked: 1, added: 1 });
  });

  describe('in many pages', () => {
    const NOW = new Date('2026-05-04T12:00:00Z');
    const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
    const catchUp = (mostPages: number, currentTime = NOW) =>
      catchUpWithMautic(mauticApi(mautic.url), store, {
        now: currentTime,
        mostPages,
        lookBackMs: DAY_MS,
        graceMs: 5 * MINUTE_MS,
      });
    const many = (count: number, secondsEach = 1): ContactTimes[] =>
      Array.from({ length: count }, (_, index) => ({
        added: LONG_AGO,
        modified: before(HOUR_MS / 1000 - index * secondsEach),
      }));

    it('adds them all, and moves the cursors up to the grace period', async () => {
      await have(...many(250), { added: before(600) });
      expect(await catchUp(100)).toMatchObject({ looked: 251, added: 251, more: false, to: before(300) });
      const position = before(300).toISOString();
      expect(await cursors()).toEqual([
        { name: 'reconcile:mautic:added', position },
        { name: 'reconcile:mautic:modified', position },
      ]);
    });

    it('stops at its bound and goes on from there', async () => {
      await have(...many(250));
      expect(await catchUp(1)).toMatchObject({ added: 99, more: true });
      expect(await catchUp(1)).toMatchObject({ added: 99, more: true });
      expect(await catchUp(1)).toMatchObject({ added: 52, more: false });
      expect(await stored()).toHaveLength(250);
    });

    it('finishes a second of which there are more than its bound', async () => {
      await have(...many(250, 0));
      expect(await catchUp(1)).toMatchObject({ added: 100, more: true });
      expect(await catchUp(1)).toMatchObject({ looked: 250, added: 150 });
      expect(await catchUp(1)).toMatchObject({ looked: 0, more: false });
    });

    it('goes on from the last page that was committed, after an outage', async () => {
      await have(...many(250));
      await mautic.fail({ times: 1, latencyMs: 0 }, { status: 500 });
      await expect(catchUp(100)).rejects.toThrow(/500/);
      await mautic.fail();
      expect(await stored()).toHaveLength(99);
      expect(await catchUp(100)).toMatchObject({ looked: 151, added: 151 });
    });
  });

  describe('whose webhook we registered', () => {
    beforeEach(async () => {
      await store.webhooks.save({
        source: 'mautic',
        url: intake.url,
        externalId: '1',
        secret: 'secret',
        owner: 'intake/mautic',
        madeByUs: true,
        wanted: true,
      });
    });

    const setPublished = async (isPublished: boolean) => {
      const state = await mautic.state<{ webhooks: object[] }>();
      await mautic.load({ ...state, webhooks: state.webhooks.map((hook) => ({ ...hook, isPublished })) });
    };

    it('publishes it again after Mautic has given up on it, and adds what was lost', async () => {
      await setPublished(false);
      await save(MAYA, { firstname: 'Maja' });
      expect(await runMautic(now)).toMatchObject({ webhook: 'repaired', added: 1 });
      expect(await runMautic(now)).toMatchObject({ webhook: 'registered', added: 0 });
      await save(MAYA, { firstname: 'Maya' });
      expect(await stored()).toHaveLength(2);
    });

    it('adds what was lost even when the webhook cannot be looked after, and then says so', async () => {
      await setPublished(false);
      await save(MAYA, { firstname: 'Maja' });
      await mautic.fail({ path: '/api/hooks', status: 403 });
      await expect(runMautic(now)).rejects.toThrow(
        /looked at 1 changed contact .* 1 had never arrived and was added\. But its webhook .*403/,
      );
      expect(await stored()).toHaveLength(1);
    });
  });

  it('says that the webhook is not ours when an admin made it', async () => {
    expect(await runMautic()).toMatchObject({ webhook: 'not ours' });
  });

  it.each([
    [
      'the wrong password',
      { password: 'wrong' },
      {},
      /could not list the contacts.*401.*Lifecycle Mautic API/,
    ],
    ['a role that may not see contacts', {}, { status: 403 }, /403.*the user's role/],
    ['an outage', {}, { status: 502 }, /502.*tried again later/],
  ])('tells of %s, and leaves the cursor', async (_, credential, fault, message) => {
    await mautic.fail(...('status' in fault ? [{ path: '/api/contacts', ...fault }] : []));
    const credentials = [mauticCredential(mautic.url, credential), storeCredential(database.url())];
    await expect(run({ provider: 'mautic' }, credentials)).rejects.toThrow(message);
    expect(await cursors()).toEqual([]);
  });
});
