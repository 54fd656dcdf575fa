import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { MauticDouble } from '../../../sandbox/mautic';
import { openStore } from '../../../store';
import { mauticCredential, type MauticState } from '../../support/mautic';
import { Random } from '../../support/random';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { storeCredential } from '../../support/store-credential';
import { useStore } from '../../support/store';
import { UserFlows, type Fate, type Flow } from '../../support/user-flows';

const database = useStore();
let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
afterAll(() => mautic.close());

/** Something that happens to a person, so many minutes into the test's day. */
type Happening = (email: string) => { event: IDataObject } & IDataObject;

const app =
  (type: string, minute: number, data: IDataObject): Happening =>
  (email) => ({
    event: event('app', type, minute, { type, timestamp: at(minute), data: { email, ...data } }),
  });

const stripe =
  (type: string, minute: number, statement: IDataObject): Happening =>
  (email) => {
    const object = { id: 'sub_1', object: 'subscription' };
    const person = { customerId: 'cus_1', email, name: 'Ada Lovelace' };
    const said = { subject: 'sub_1', asOf: at(minute), rank: 0, ...statement };
    return {
      event: event('stripe', `customer.subscription.${type}`, minute, { data: { object } }),
      subscription: { id: 'sub_1', ...person, productName: 'Plan', ...statement, statement: said },
    };
  };

const order =
  (type: string, minute: number, status: string): Happening =>
  (email) => ({
    event: event('lemonSqueezy', type, minute, {
      meta: { event_name: type },
      data: {
        type: 'orders',
        id: '1',
        attributes: {
          user_email: email,
          user_name: 'Ada Lovelace',
          status,
          currency: 'EUR',
          total: 1_900,
          refunded_amount: status === 'refunded' ? 1_900 : 0,
          first_order_item: { product_name: 'The application', variant_name: 'Pro' },
          updated_at: at(minute),
        },
      },
    }),
  });

const invoice =
  (minute: number): Happening =>
  (email) => ({
    event: event('stripe', 'invoice.paid', minute, {
      data: { object: { id: 'in_1', amount_paid: 4_900, currency: 'eur', customer: 'cus_1' } },
    }),
    payer: { customerId: 'cus_1', email, name: 'Ada Lovelace' },
  });

const HAPPENINGS: readonly [Happening, ...Happening[]] = [
  app('user.registered', 0, { name: 'Ada Lovelace', plan: 'free', marketingConsent: true }),
  app('user.registered', 1, { name: 'Ada Lovelace', plan: 'pro', source: 'ads' }),
  app('user.registered', 2, { plan: 'enterprise', marketingConsent: true }),
  app('user.upgraded', 10, { previousPlan: 'free', newPlan: 'pro' }),
  stripe('created', 11, { tier: 'pro', status: 'trialing' }),
  order('order_created', 12, 'paid'),
  invoice(13),
  app('user.downgraded', 20, { previousPlan: 'enterprise', newPlan: 'pro' }),
  stripe('updated', 21, { tier: 'enterprise', status: 'active' }),
  stripe('updated', 22, { tier: 'enterprise', status: 'past_due' }),
  app('user.churned', 30, { reason: 'too expensive' }),
  stripe('deleted', 31, { tier: null, status: 'churned' }),
  order('order_refunded', 32, 'refunded'),
  app('user.registered', 40, { name: 'Ada King', plan: 'free' }),
  app('user.upgraded', 41, { previousPlan: 'free', newPlan: 'enterprise' }),
  app('user.loggedIn', 42, {}),
  app('user.custom', 43, { name: 'report.exported', properties: {} }),
];

interface Person {
  email: string;
  /** What happens, one try for each workflow that hears of it, in the order in which that is. */
  tries: Array<{ flow: Flow; item: IDataObject; fate: Fate }>;
}

it('shows in Mautic what a user is, in whatever order events and workflows come, and whatever fails on the way', async () => {
  await database.empty();
  const flows = new UserFlows({
    store: storeCredential(database.url()),
    mautic: mauticCredential(mautic.url),
    mauticDown: mauticCredential(mautic.url, { password: 'changed' }),
  });
  const random = new Random(4);
  const people: Person[] = [];
  const lives = livesToTry(random);
  for (const [life, happenings] of lives.entries()) {
    for (let way = 0; way < WAYS; way += 1) {
      const email = `life${life}-way${way}@example.com`;
      const tries = happenings.flatMap((index) => {
        const item = (HAPPENINGS[index] ?? HAPPENINGS[0])(email);
        const { source, type } = item.event;
        return flows
          .handlersOf(`${String(source)}:${String(type)}`)
          .map((flow) => ({ flow, item, fate: {} }));
      });
      // The first goes by the clock, and nothing fails.
      people.push({
        email,
        tries: way === 0 ? tries : random.shuffled(tries).map((each) => ({ ...each, fate: fateBy(random) })),
      });
    }
  }
  await liveOn(flows, people, random);

  const held = await heldOf(people);
  const lived = lives.map((happenings, life) => ({
    happenings,
    ends: distinct(held.slice(life * WAYS, (life + 1) * WAYS)),
  }));
  expect(lived.filter(({ ends }) => ends.length > 1)).toEqual([]);
}, 120_000);

/** How often each life is lived. */
const WAYS = 4;

/** Which of the happenings, by the clock: every pair, and some that are longer. */
function livesToTry(random: Random): number[][] {
  const all = HAPPENINGS.map((_happening, index) => index);
  const longer = Array.from({ length: 40 }, () =>
    random
      .shuffled(all)
      .slice(0, 3 + random.below(3))
      .sort((one, other) => one - other),
  );
  return [...all.flatMap((one) => all.slice(one + 1).map((other) => [one, other])), ...longer];
}

function fateBy(random: Random): Fate {
  return random.pick<Fate>([{}, {}, {}, { mauticDown: true }, { killedBefore: 2 + random.below(6) }]);
}

/** Works on all of it, each person's tries one after the other; what fails comes again at some time. */
async function liveOn(flows: UserFlows, people: readonly Person[], random: Random): Promise<void> {
  while (people.some(({ tries }) => tries.length > 0)) {
    const now = people.flatMap((person) => {
      const next = person.tries.shift();
      return next ? [{ person, ...next }] : [];
    });
    for (const flow of new Set(now.map((each) => each.flow))) {
      const some = now.filter((each) => each.flow === flow);
      const done = new Set(await flows.run(flow, some));
      for (const each of some) {
        if (done.has(each)) continue;
        const { tries } = each.person;
        tries.splice(random.below(tries.length + 1), 0, { flow, item: each.item, fate: {} });
      }
    }
  }
}

const FIELDS = [
  'subscription_tier',
  'subscription_status',
  'subscription_updated_at',
  'signup_date',
  'signup_source',
  'marketing_consent',
  'lifetime_value',
  'last_login',
  'last_activity',
];

/** What Mautic shows of each person, and what the store knows. */
async function heldOf(people: readonly Person[]): Promise<object[]> {
  const { contacts, segments, campaigns } = await mautic.state<MauticState>();
  const contactOf = new Map(contacts.map((contact) => [contact.fields.email, contact]));
  const { customers } = await openStore(database.url());
  return await Promise.all(
    people.map(async ({ email }) => {
      const contact = contactOf.get(email);
      const customer = await customers.get(email);
      return {
        fields: Object.fromEntries(FIELDS.map((alias) => [alias, contact?.fields[alias]])),
        segments: segments.filter(({ id }) => contact?.segments.includes(id)).map(({ alias }) => alias),
        campaigns: campaigns.filter(({ id }) => contact?.campaigns.includes(id)).map(({ name }) => name),
        plan: [
          customer?.tier,
          customer?.status,
          customer?.lastChange,
          customer?.previousTier,
          customer?.planChangedAt,
        ],
        value: customer?.lifetimeValue,
      };
    }),
  );
}

function distinct(values: readonly object[]): object[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

let events = 0;

function event(source: string, type: string, minute: number, payload: IDataObject): IDataObject {
  events += 1;
  return { id: String(events), source, type, externalId: `event-${events}`, occurredAt: at(minute), payload };
}

function at(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
}
