import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  CustomerBusy,
  Store,
  type CustomerRecord,
  type PaymentStatement,
  type PlanStatement,
  type RecordedCustomer,
} from '../../../store';
import { createPool } from '../../../store/database';
import { foldPlan } from '../../../store/plan';
import { Random } from '../../support/random';
import { useStore } from '../../support/store';
import { until } from '../../support/until';

const database = useStore();
const EMAIL = 'ada@example.com';
const HANDLER = 'workflow/node';
const NOON = Date.UTC(2026, 0, 1, 12);
let store: Store;

beforeEach(async () => {
  store = await database.empty();
  await store.handlers.register({
    id: HANDLER,
    workflowId: 'workflow',
    name: 'Test',
    eventTypes: ['app:user.custom'],
  });
});

describe('a customer', () => {
  it('is one, in whatever spelling the address comes', async () => {
    const first = await record({ email: ' Ada@Example.com ' });
    const second = await record({ email: 'ADA@EXAMPLE.COM', name: 'Ada' });
    expect(second.customer).toMatchObject({ id: first.customer.id, email: EMAIL, name: 'Ada' });
    expect(await store.customers.get('adA@example.com')).toEqual(second.customer);
    expect(await store.customers.get('grace@example.com')).toBeUndefined();
  });

  it('of whom only the address is known has nothing else', async () => {
    const { customer, due } = await record({});
    expect(customer).toEqual({
      id: expect.any(String),
      email: EMAIL,
      name: null,
      tier: null,
      previousTier: null,
      status: null,
      lastChange: null,
      planChangedAt: null,
      signedUpAt: null,
      signupSource: null,
      marketingConsent: false,
      lastLoginAt: null,
      lastActivity: null,
      lastActivityAt: null,
      timeZone: null,
      trialStartedAt: null,
      trialEndsAt: null,
      stage: 'discovery',
      stageSince: expect.any(Date),
      lifetimeValue: 0,
      currency: null,
      mauticContactId: null,
      twentyPersonId: null,
      segments: [],
      campaigns: [],
      syncedAt: null,
    });
    expect(due).toEqual({ plan: false, login: false, activity: false, value: false });
  });

  it('signed up when the earliest registration says, and is called and agreed to what the newest says', async () => {
    const registrations = [
      { signedUpAt: at(20), signupSource: 'ads', name: 'Ada King', marketingConsent: true },
      { signedUpAt: at(10), signupSource: 'friend', name: 'Ada Byron', marketingConsent: false },
      { signedUpAt: at(5), marketingConsent: true },
      { signedUpAt: at(30), signupSource: 'blog', name: 'Ada Lovelace', marketingConsent: false },
      { name: 'A.L.' },
    ];
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const email = `ada${seed}@example.com`;
      for (const each of new Random(seed).shuffled(registrations)) await record({ ...each, email });
      expect(await store.customers.get(email)).toMatchObject({
        signedUpAt: at(5),
        signupSource: 'friend',
        name: 'Ada Lovelace',
        marketingConsent: false,
      });
    }
  });

  it('gets a name from whatever gives one first, and keeps it until a registration gives another', async () => {
    await record({ name: '  ' });
    await record({ name: 'Ada' });
    expect((await record({ name: 'Lovelace' })).customer.name).toBe('Ada');
    expect((await record({ name: 'Countess', signedUpAt: at(1) })).customer.name).toBe('Countess');
  });

  it('may be called what PostgreSQL cannot store', async () => {
    await record({ name: 'A\0da' });
    expect((await record({ email: 'a\0@example.com' })).customer.email).toBe('a\ufffd@example.com');
    expect((await store.customers.get(EMAIL))?.name).toBe('A\ufffdda');
  });

  it('ends in the state of all statements, though two processes record them side by side', async () => {
    const random = new Random(7);
    const statements = Array.from({ length: 20 }, (_each, index): PlanStatement => {
      const status = random.pick(['active', 'past_due', 'churned']);
      const tier = status === 'churned' ? null : random.pick(['free', 'pro', 'enterprise']);
      return { subject: random.pick(['sub_1', 'sub_2']), asOf: at(index), rank: 0, status, tier };
    });
    const eventIds = await Promise.all(statements.map(() => newEvent()));
    const other = otherStore();
    const payment = (index: number): PaymentStatement => ({
      subject: `in_${index}`,
      asOf: at(index),
      currency: 'eur',
      paidMinor: 150,
    });
    await Promise.all(
      random.shuffled(statements.map((plan, index) => ({ plan, index }))).map(({ plan, index }) =>
        (index % 2 === 0 ? store : other).customers.record([
          { source: 'stripe', email: EMAIL, eventId: eventIds[index], plan, payment: payment(index) },
          { source: 'stripe', email: `${index % 3}@example.com`, eventId: eventIds[index], plan },
        ]),
      ),
    );
    const { plan } = foldPlan(
      statements.map((statement, index) => ({
        ...statement,
        source: 'stripe',
        eventId: eventIds[index] ?? '',
      })),
    );
    expect(await store.customers.get(EMAIL)).toMatchObject({
      tier: plan?.tier,
      status: plan?.status,
      previousTier: plan?.previousTier,
      lastChange: plan?.lastChange,
      planChangedAt: plan?.changedAt,
      lifetimeValue: 30,
    });
  });

  it('is as after all of the records for each of those that come together', async () => {
    const answers = await store.customers.record([
      { source: 'app', email: EMAIL, eventId: await newEvent(), plan: plan('free', 1) },
      { source: 'app', email: EMAIL, eventId: await newEvent(), plan: plan('pro', 2) },
    ]);
    expect(answers).toMatchObject([{ customer: { tier: 'pro' } }, { customer: { tier: 'pro' } }]);
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe('a record', () => {
  it('that is repeated changes nothing, and one that was read anew takes the place of what it said', async () => {
    const eventId = await newEvent();
    const first = await record({ eventId, plan: plan('free', 1), payment: paid('in_1', 500) });
    const again = await record({ eventId, plan: plan('free', 1), payment: paid('in_1', 500) });
    expect(again).toEqual(first);
    const refined = await record({ eventId, plan: plan('pro', 1), payment: paid('in_1', 700) });
    expect(refined.customer).toMatchObject({ tier: 'pro', lastChange: 'start', lifetimeValue: 7 });
    expect(refined.versions).toMatchObject({ plan: 2, value: 2 });
  });

  it('that is not to be kept leaves nothing behind, and says what would be', async () => {
    const known = await record({ plan: plan('free', 1), payment: paid('in_1', 500) });
    const before = await everything();
    const tried: CustomerRecord[] = [
      { source: 'app', email: EMAIL, plan: plan('pro', 2), payment: paid('in_2', 500) },
      { source: 'app', email: 'new@example.com', plan: plan('pro', 2) },
    ];
    const expected = [
      {
        customer: { id: known.customer.id, tier: 'pro', lastChange: 'upgrade', lifetimeValue: 10 },
        due: { plan: true, value: true },
      },
      { customer: { id: '0', email: 'new@example.com', tier: 'pro' }, due: { plan: true } },
    ];
    expect(await store.customers.record(tried)).toMatchObject(expected);
    expect(await everything()).toEqual(before);
  });

  it('is answered in its place', async () => {
    const records = ['b', 'a', 'c', 'a'].map((name): CustomerRecord => ({
      source: 'app',
      email: `${name}@example.com`,
    }));
    const answers = await store.customers.record(records);
    expect(answers.map((each) => customerOf(each).email)).toEqual(records.map(({ email }) => email));
    expect(await store.customers.record([])).toEqual([]);
  });
});

describe('the lifetime value', () => {
  it('is what was paid less what was refunded, in whatever order that is told', async () => {
    const statements = [
      paid('in_1', 10_000, 1),
      paid('in_1', 12_000, 2),
      { ...paid('in_2', 5_000, 3), refundedMinor: 1_000 },
      { subject: 'in_2', asOf: at(9), currency: 'eur', refundedMinor: 2_500 },
      { subject: 'in_2', asOf: at(10), currency: 'eur', refundedMinor: 2_000 },
    ];
    for (const seed of [1, 2, 3, 4, 5]) {
      const email = `ada${seed}@example.com`;
      for (const payment of new Random(seed).shuffled(statements)) await record({ email, payment });
      expect(await store.customers.get(email)).toMatchObject({ lifetimeValue: 145, currency: 'eur' });
    }
  });

  it('is never below nothing', async () => {
    await record({ payment: { subject: 'ch_1', asOf: at(1), currency: 'eur', refundedMinor: 500 } });
    expect(await store.customers.get(EMAIL)).toMatchObject({ lifetimeValue: 0, currency: 'eur' });
    expect((await record({ payment: paid('in_1', 700) })).customer.lifetimeValue).toBe(2);
  });

  it('is in the currency of the most money, each with its own minor unit', async () => {
    await record({ payment: { ...paid('in_1', 9_999), currency: 'eur' } });
    expect((await record({ payment: { ...paid('in_2', 5_000), currency: 'jpy' } })).customer).toMatchObject({
      lifetimeValue: 5_000,
      currency: 'jpy',
    });
    await record({ payment: { ...paid('in_3', 9_000_000), currency: 'kwd' } });
    expect(await store.customers.get(EMAIL)).toMatchObject({ lifetimeValue: 9_000, currency: 'kwd' });
  });

  it.each([
    ['huf', 190],
    ['idr', 190],
    ['isk', 190],
    ['ugx', 190],
    ['mga', 19_000],
    ['krw', 19_000],
    ['bhd', 19],
  ])('takes amounts in %s as providers send them', async (currency, lifetimeValue) => {
    const { customer } = await record({ payment: { ...paid('in_1', 19_000), currency } });
    expect(customer).toMatchObject({ lifetimeValue, currency });
  });

  it('keeps what two providers call the same apart', async () => {
    await record({ source: 'stripe', payment: paid('order:1', 500) });
    const { customer } = await record({ source: 'lemonSqueezy', payment: paid('order:1', 500) });
    expect(customer.lifetimeValue).toBe(10);
  });
});

describe('a sync', () => {
  it('of the plan is due until that very plan was synced', async () => {
    const first = await record({ plan: plan('free', 1) });
    expect(first.due.plan).toBe(true);
    const second = await record({ plan: plan('pro', 2) });
    await sync({ plan: first.versions.plan });
    expect((await record({})).due.plan).toBe(true);
    await sync({ plan: second.versions.plan });
    await sync({ plan: first.versions.plan });
    expect((await record({})).due.plan).toBe(false);
    expect((await record({ plan: plan('pro', 3) })).due.plan).toBe(false);
    expect((await record({ plan: plan('free', 4) })).due.plan).toBe(true);
  });

  it('of the value is due until that very value was synced', async () => {
    const first = await record({ payment: paid('in_1', 500) });
    expect(first.due.value).toBe(true);
    const second = await record({ payment: { ...paid('in_1', 500), refundedMinor: 500 } });
    await sync({ value: first.versions.value });
    expect((await record({})).due.value).toBe(true);
    await sync({ value: second.versions.value });
    expect((await record({})).due.value).toBe(false);
  });

  it('of the last login is due once an hour, and the login only moves forward', async () => {
    const first = await record({ loggedInAt: at(0) });
    expect(first).toMatchObject({ due: { login: true }, versions: { login: at(0) } });
    await sync({ login: at(0) });
    expect((await record({ loggedInAt: at(3_599) })).due.login).toBe(false);
    expect((await record({ loggedInAt: at(-9) })).customer.lastLoginAt).toEqual(at(3_599));
    expect((await record({ loggedInAt: at(3_600) })).due.login).toBe(true);
    await sync({ login: at(3_600) });
    await sync({ login: at(0) });
    expect((await record({ loggedInAt: at(7_199) })).due.login).toBe(false);
  });

  it('of the last activity is due once an hour, and at once for another activity', async () => {
    const opened = (second: number) => ({ activity: { name: 'report opened', at: at(second) } });
    expect((await record(opened(0))).due.activity).toBe(true);
    await sync({ activity: at(0) });
    expect((await record(opened(3_599))).due.activity).toBe(false);
    expect((await record(opened(3_600))).due.activity).toBe(true);
    await sync({ activity: at(3_600) });
    const other = await record({ activity: { name: 'seat added', at: at(3_601) } });
    expect(other).toMatchObject({
      due: { activity: true },
      customer: { lastActivity: 'seat added', lastActivityAt: at(3_601) },
    });
    expect((await record({ activity: { name: 'earlier', at: at(5) } })).customer).toEqual(other.customer);
  });

  it('of an activity that another has followed meanwhile leaves that one due', async () => {
    await record({ activity: { name: 'report opened', at: at(0) } });
    await record({ activity: { name: 'seat added', at: at(1) } });
    await sync({ activity: at(0) });
    expect((await record({})).due.activity).toBe(true);
    await sync({ activity: at(1) });
    expect((await record({})).due.activity).toBe(false);
  });

  it('adds to what is known, and leaves what it does not say', async () => {
    await record({});
    await sync({ mauticContactId: 47, segments: ['new-users', 'free-tier'], campaigns: ['Welcome'] });
    await sync({ twentyPersonId: 'abc' });
    await sync({ segments: { in: ['pro-tier', 'new-users'], out: ['free-tier', 'churned'] } });
    expect(await store.customers.get(EMAIL)).toMatchObject({
      mauticContactId: 47,
      twentyPersonId: 'abc',
      segments: ['new-users', 'pro-tier'],
      campaigns: ['Welcome'],
      syncedAt: expect.any(Date),
    });
    await sync({ segments: [], campaigns: ['Retention', 'Retention'] });
    expect(await store.customers.get(EMAIL)).toMatchObject({ segments: [], campaigns: ['Retention'] });
  });

  it('takes several entries of one customer together, and none of somebody unknown', async () => {
    const { customer } = await record({ plan: plan('free', 1), payment: paid('in_1', 100) });
    await store.customers.saveSync([
      { customerId: customer.id, plan: 1, mauticContactId: 47 },
      { customerId: customer.id, value: 1 },
      { customerId: '0', plan: 1 },
    ]);
    expect(await record({})).toMatchObject({
      customer: { mauticContactId: 47 },
      due: { plan: false, value: false },
    });
  });
});

describe('a customer on whom a run is working', () => {
  it('keeps another run waiting until the first settles', async () => {
    const [first, second] = [await claimOne(), await claimOne()];
    await record({ deliveryId: first.id });
    let isDone = false;
    const waiting = recordAll([{ deliveryId: second.id, name: 'Ada' }], 30_000).then((answers) => {
      isDone = true;
      return answers;
    });
    expect(await recordAll([{ deliveryId: second.id }], 0)).toEqual([expect.any(CustomerBusy)]);
    expect(isDone).toBe(false);
    await store.deliveries.settle([{ ...first, outcomes: [] }]);
    expect(await waiting).toMatchObject([{ customer: { name: 'Ada' } }]);
  });

  it('is free when the lease has run out', async () => {
    const [first, second] = [await claimOne(), await claimOne()];
    await record({ deliveryId: first.id });
    await database.sql(`update lifecycle.delivery set lease_expires_at = now() where id = $1`, [first.id]);
    expect(await recordAll([{ deliveryId: second.id }], 0)).toMatchObject([{ customer: { email: EMAIL } }]);
    // It is the second one's now, and the first one has lost its right.
    expect(await recordAll([{ deliveryId: first.id }], 0)).toEqual([expect.any(CustomerBusy)]);
  });

  it('is kept from a run whose delivery was given to another one meanwhile', async () => {
    const lost = await claimOne();
    await database.sql(`update lifecycle.delivery set lease_expires_at = now() where id = $1`, [lost.id]);
    await store.deliveries.recover(1, false);
    const [taken] = await claim(1);
    expect(taken?.id).toBe(lost.id);
    const { id: deliveryId, lease } = lost;
    expect(await recordAll([{ deliveryId, lease }], 0)).toEqual([expect.any(CustomerBusy)]);
    const own = { deliveryId, lease: taken?.lease };
    expect(await recordAll([own], 0)).toMatchObject([{ customer: { email: EMAIL } }]);
    expect(await recordAll([{ deliveryId, lease }], 0)).toEqual([expect.any(CustomerBusy)]);
  });

  it('does not hold up others who are recorded with it, nor keeps anything of who waits', async () => {
    const [first, second] = [await claimOne(), await claimOne()];
    await record({ deliveryId: first.id });
    const answers = await recordAll(
      [
        { deliveryId: second.id, plan: plan('pro', 1) },
        { deliveryId: second.id, email: 'grace@example.com' },
      ],
      0,
    );
    expect(answers).toEqual([
      expect.any(CustomerBusy),
      expect.objectContaining({ customer: expect.objectContaining({ email: 'grace@example.com' }) }),
    ]);
    expect(await store.customers.get(EMAIL)).toMatchObject({ tier: null });
    expect(await database.sql('select from lifecycle.plan_statement')).toEqual([]);
  });

  it('is open to the deliveries of the same run, and taken until all of them are settled', async () => {
    for (let number = 0; number < 2; number += 1) await newEvent();
    const [one, two] = await claim(2);
    const other = await claimOne();
    await recordAll([{ deliveryId: one?.id }, { deliveryId: two?.id }], 0);
    expect(await recordAll([{ deliveryId: two?.id }], 0)).toMatchObject([{ customer: { email: EMAIL } }]);
    await settle(two);
    expect(await recordAll([{ deliveryId: other.id }], 0)).toEqual([expect.any(CustomerBusy)]);
    await settle(one);
    expect(await recordAll([{ deliveryId: other.id }], 0)).toMatchObject([{ customer: { email: EMAIL } }]);
  });

  it('is given to one of many runs at a time', async () => {
    const other = otherStore();
    const deliveries = [];
    for (let number = 0; number < 8; number += 1) deliveries.push(await claimOne());
    const working = new Set<string>();
    let most = 0;
    await Promise.all(
      deliveries.map(async (delivery, index) => {
        const { customers } = index % 2 === 0 ? store : other;
        await until(async () => {
          const record = { source: 'app', email: EMAIL, eventId: delivery.event.id } as const;
          const [answer] = await customers.record([{ ...record, deliveryId: delivery.id }]);
          return !(answer instanceof CustomerBusy);
        });
        working.add(delivery.id);
        most = Math.max(most, working.size);
        await new Promise((resolve) => setTimeout(resolve, 20));
        working.delete(delivery.id);
        await settle(delivery);
      }),
    );
    expect(most).toBe(1);
  });
});

function at(second: number): Date {
  return new Date(NOON + second * 1000);
}

function plan(tier: PlanStatement['tier'], second: number): PlanStatement {
  return { subject: 'app', asOf: at(second), rank: 0, tier, status: 'active' };
}

function paid(subject: string, paidMinor: number, second = 1): PaymentStatement {
  return { subject, asOf: at(second), currency: 'eur', paidMinor };
}

let number = 0;

async function newEvent(): Promise<string> {
  number += 1;
  const { id } = await store.events.accept({
    source: 'app',
    externalId: `evt_${number}`,
    type: 'user.custom',
    occurredAt: at(0),
    payload: {},
  });
  return id ?? '';
}

/** Records it as of an event of its own. */
async function record(given: Partial<CustomerRecord>): Promise<RecordedCustomer> {
  const [answer] = await recordAll([given], 0);
  if (answer === undefined || answer instanceof Error) throw new Error('Expected a customer.');
  return answer;
}

async function recordAll(given: ReadonlyArray<Partial<CustomerRecord>>, waitMs: number) {
  const records: CustomerRecord[] = [];
  for (const each of given) {
    records.push({ source: 'app', email: EMAIL, eventId: await newEvent(), ...each });
  }
  return await store.customers.record(records, { waitMs });
}

function customerOf(answer: RecordedCustomer | Error) {
  if (answer instanceof Error) throw answer;
  return answer.customer;
}

async function sync(entry: Partial<Parameters<Store['customers']['saveSync']>[0][number]>): Promise<void> {
  const customer = await store.customers.get(EMAIL);
  await store.customers.saveSync([{ customerId: customer?.id ?? '', ...entry }]);
}

async function claim(limit: number) {
  return await store.deliveries.claim({ handlerId: HANDLER, limit, leaseSeconds: 60, owner: 1 });
}

async function claimOne() {
  await newEvent();
  const [delivery] = await claim(1);
  if (delivery === undefined) throw new Error('Expected a delivery.');
  return delivery;
}

async function settle(delivery: { id: string; lease: string } | undefined): Promise<void> {
  if (delivery !== undefined) await store.deliveries.settle([{ ...delivery, outcomes: [] }]);
}

/** As another process has one. */
function otherStore(): Store {
  const other = new Store(createPool(database.url()), database.url());
  database.beforeClosing(() => other.close());
  return other;
}

/** All rows that a record may write. */
async function everything() {
  return {
    customers: await database.sql('select * from lifecycle.customer order by id'),
    plans: await database.sql('select * from lifecycle.plan_statement'),
    payments: await database.sql('select * from lifecycle.payment_statement'),
    links: await database.sql('select * from lifecycle.customer_event'),
  };
}
