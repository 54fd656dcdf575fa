import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { syncSubscriptions } from '../../../nodes/LifecycleReconcile/subscriptions';
import { StripeDouble } from '../../../sandbox/stripe';
import type { Store } from '../../../store';
import { BillingRecorder, stripeCredential } from '../../support/billing-events';
import { Random } from '../../support/random';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';
import { stripeClient } from '../../support/stripe-billing';

const database = useStore();
let store: Store;
let stripe: TestSandbox;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
});
beforeEach(() => stripe.reset());
afterAll(() => stripe.close());

const PEOPLE = ['ada@example.com', 'Ada@Example.com', 'grace@example.com', null] as const;
const GENERATIONS = ['current', 'before-2025-03-31'] as const;

type Act = (random: Random) => [action: string, input: object];

const subscribe: Act = (random) => [
  'subscribe',
  {
    email: random.pick(PEOPLE),
    newCustomer: random.pick([true, false, false]),
    plan: random.pick(['pro', 'enterprise']),
    trialDays: random.pick([0, 0, 14]),
    paid: random.pick([true, true, true, false]),
  },
];

const deleteCustomer: Act = (random) => [
  'deleteCustomer',
  { email: random.pick(['ada@example.com', 'grace@example.com']) },
];

/** What may become of subscriptions; what is impossible at the moment is left out. */
const ACTS: readonly [Act, ...Act[]] = [
  subscribe,
  (random) => ['changePlan', { plan: random.pick(['pro', 'enterprise']) }],
  () => ['cancelAtPeriodEnd', { feedback: 'too_expensive', comment: 'Maybe later' }],
  () => ['resume', {}],
  () => ['pause', {}],
  () => ['failPayment', {}],
  () => ['renew', {}],
  () => ['cancelNow', {}],
  () => ['trialWillEnd', {}],
  (random) => ['refund', { email: random.pick(['ada@example.com', 'grace@example.com']) }],
  (random) => ['openDispute', { email: random.pick(['ada@example.com', 'grace@example.com']) }],
];

const SEEDS = Array.from({ length: 10 }, (_none, index) => index + 1);

describe('a history of billing events', () => {
  it.each(SEEDS)(
    'ends in the same state in any order and repetition, and in that of a fresh sync (%i)',
    async (seed) => {
      const byEvents = await inAnyOrder(new Random(seed), ACTS);
      store = await database.empty();
      await sync();
      expect(withoutMoney(await stateOf(store))).toEqual(withoutMoney(byEvents));
    },
  );

  it.each(SEEDS)('of which Stripe forgets customers ends in the same state as well (%i)', async (seed) => {
    await inAnyOrder(new Random(seed), [...ACTS, deleteCustomer, deleteCustomer]);
  });
});

/** The state in which a random history ends, whether its events are worked on as they come or in another order later. */
async function inAnyOrder(random: Random, acts: readonly [Act, ...Act[]]): Promise<State> {
  store = await database.empty();
  const payloads = await live(random, acts, async (soFar) => {
    // Some are worked on while things go on, in whatever order; and a sync may run at any time.
    await recorder().record(random.shuffled(soFar).slice(0, random.below(4)));
    if (random.below(6) === 0) await sync();
  });
  const rest = random.shuffled([...payloads, ...payloads]);
  while (rest.length > 0) await recorder().record(rest.splice(0, 1 + random.below(20)));
  const state = await stateOf(store);

  store = await database.empty();
  await recorder().record(random.shuffled(payloads));
  expect(await stateOf(store)).toEqual(state);
  return state;
}

/** Lets things happen, many in each second of Stripe's clock, with events of either generation; gives their payloads. */
async function live(
  random: Random,
  acts: readonly [Act, ...Act[]],
  meanwhile: (soFar: string[]) => Promise<void>,
): Promise<string[]> {
  for (let step = 0; step < 25; step += 1) {
    const [action, input] = (step === 0 ? subscribe : random.pick(acts))(random);
    const generation = random.pick(GENERATIONS);
    await stripe.act(action, { ...input, generation, deliver: false }).catch(() => undefined);
    if (random.below(3) === 0) await meanwhile(await payloadsSoFar());
  }
  return await payloadsSoFar();
}

async function payloadsSoFar(): Promise<string[]> {
  const { events } = await stripe.state<{ events: Array<{ type: string; payload: string }> }>();
  return events.flatMap(({ type, payload }) => (HANDLED.test(type) ? payload : []));
}

const HANDLED =
  /^customer\.subscription\.|^invoice\.(paid|payment_failed)$|^charge\.(refunded|dispute\.created)$/;

let recording: { store: Store; recorder: BillingRecorder } | undefined;

/** One for each store, which knows what it has accepted. */
function recorder(): BillingRecorder {
  if (recording?.store !== store) {
    const credentials = { stripe: stripeCredential(stripe.url), store: storeCredential(database.url()) };
    recording = { store, recorder: new BillingRecorder(store, credentials) };
  }
  return recording.recorder;
}

async function sync(): Promise<void> {
  const options = { planKey: 'plan', ours: { by: 'metadata', key: 'plan' }, onlyResume: false } as const;
  await syncSubscriptions(stripeClient(stripe.url), store, { ...options, deliverFirst: true });
}

interface State {
  subscriptions: object[];
  customers: Array<{ email: string; lifetimeValue: number; tier: string | null; stage: string | null }>;
}

/** What the store holds, apart from when it came to know it. */
async function stateOf({ subscriptions, customers }: Store): Promise<State> {
  const kept = (await subscriptions.find({}, 1_000)).map(
    ({ id, customerId, readAt, firstSeenAt, updatedAt, ...subscription }) => ({
      ...subscription,
      isKnown: id !== '' && readAt <= new Date() && firstSeenAt <= updatedAt && customerId !== undefined,
    }),
  );
  const people = (await customers.find({}, 1_000)).map(({ email, lifetimeValue, tier, status, stage }) => ({
    email,
    lifetimeValue,
    tier,
    status,
    stage,
  }));
  return {
    subscriptions: kept.sort((one, other) => (one.externalId < other.externalId ? -1 : 1)),
    customers: people.sort((one, other) => (one.email < other.email ? -1 : 1)),
  };
}

/** A sync knows of subscriptions, and not of what was paid. */
function withoutMoney({ subscriptions, customers }: State): State {
  return { subscriptions, customers: customers.map((customer) => ({ ...customer, lifetimeValue: 0 })) };
}
