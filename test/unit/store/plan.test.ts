import { describe, expect, it } from '@jest/globals';
import { foldPlan, TIERS, type KeptPlanStatement, type Plan } from '../../../store/plan';
import { Random } from '../../support/random';

let events = 0;

/** A statement of Stripe about `sub_1` at the given second, unless something else is said. */
function said(second: number, over: Partial<KeptPlanStatement>): KeptPlanStatement {
  events += 1;
  return {
    source: 'stripe',
    eventId: String(events),
    subject: 'sub_1',
    asOf: at(second),
    rank: 0,
    tier: 'pro',
    status: 'active',
    ...over,
  };
}

const app = (second: number, over: Partial<KeptPlanStatement>) =>
  said(second, { source: 'app', subject: 'app', ...over });

const ended = { status: 'churned', tier: null } as const;

function at(second: number): Date {
  return new Date(Date.UTC(2026, 0, 1, 12, 0, second));
}

const planOf = (...statements: KeptPlanStatement[]): Plan | undefined => foldPlan(statements).plan;
const changesOf = (...statements: KeptPlanStatement[]) =>
  foldPlan(statements).changes.map(({ lastChange, tier }) => [lastChange, tier]);

describe('the plan', () => {
  it('is the same for every order and every repetition of the statements', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = new Random(seed);
      const statements = Array.from({ length: 1 + random.below(12) }, () => anything(random));
      const expected = { seed, folded: foldPlan(statements) };
      for (let time = 0; time < 10; time += 1) {
        const again = statements.filter(() => random.below(3) === 0);
        const folded = foldPlan(random.shuffled([...statements, ...again]));
        expect({ seed, folded }).toEqual(expected);
      }
    }
  });

  it('is the same for every order of a few statements, each order tried', () => {
    const statements = [
      app(0, { tier: 'free' }),
      said(1, { status: 'trialing' }),
      said(2, { tier: null, status: 'past_due' }),
      said(2, { subject: 'sub_2', tier: 'enterprise' }),
      said(3, { ...ended }),
    ];
    const expected = foldPlan(statements);
    expect(expected.plan).toMatchObject({ tier: 'enterprise', lastChange: 'upgrade', changedAt: at(2) });
    for (const order of permutations(statements)) expect(foldPlan(order)).toEqual(expected);
  });

  it('is not known as long as nothing is said', () => {
    expect(foldPlan([])).toEqual({ plan: undefined, changes: [] });
  });

  it('starts with the first statement', () => {
    expect(planOf(said(1, { status: 'trialing' }))).toEqual({
      tier: 'pro',
      status: 'trialing',
      previousTier: null,
      lastChange: 'start',
      changedAt: at(1),
    });
  });

  it.each([
    ['free', 'upgrade', 'free'],
    ['enterprise', 'downgrade', 'enterprise'],
    ['pro', 'start', null],
  ] as const)(
    'tells by the first statement that it was %s before: %s',
    (before, lastChange, previousTier) => {
      expect(planOf(said(1, { previousTier: before }))).toMatchObject({ lastChange, previousTier });
    },
  );

  it('is not changed by an old statement that comes late', () => {
    const newer = said(20, { tier: 'enterprise' });
    const older = said(10, { tier: 'pro' });
    expect(planOf(newer, older)).toMatchObject({
      tier: 'enterprise',
      previousTier: 'pro',
      lastChange: 'upgrade',
      changedAt: at(20),
    });
  });

  it('keeps its last change when only the status is another, and has the time of that', () => {
    const statements = [
      said(1, { tier: 'free' }),
      said(2, {}),
      said(3, { status: 'past_due' }),
      said(4, { status: 'past_due' }),
    ];
    expect(planOf(...statements)).toMatchObject({
      status: 'past_due',
      lastChange: 'upgrade',
      changedAt: at(3),
    });
    expect(changesOf(...statements)).toEqual([
      ['start', 'free'],
      ['upgrade', 'pro'],
    ]);
  });

  it('keeps the tier of a statement that says none', () => {
    expect(planOf(said(1, {}), said(2, { tier: null, status: 'cancelled' }))).toMatchObject({
      tier: 'pro',
      status: 'cancelled',
    });
  });

  it('is not known from a live subscription whose tier nobody has said', () => {
    expect(planOf(said(1, { tier: null }))).toBeUndefined();
    expect(planOf(app(1, { tier: 'free' }), said(2, { tier: null }))).toMatchObject({ tier: 'free' });
  });

  it('is upgraded by a second subscription, whose predecessor ends later', () => {
    const statements = [
      said(1, {}),
      said(2, { subject: 'sub_2', tier: 'enterprise' }),
      said(9, { ...ended }),
    ];
    expect(planOf(...statements)).toMatchObject({ tier: 'enterprise', changedAt: at(2) });
    expect(changesOf(...statements)).toEqual([
      ['start', 'pro'],
      ['upgrade', 'enterprise'],
    ]);
  });

  it('does not count an order any more that its subscription replaces', () => {
    const order = { source: 'lemonSqueezy', subject: 'order:5' } as const;
    const subscription = { source: 'lemonSqueezy', subject: 'subscription:7' } as const;
    const statements = [
      said(1, order),
      said(2, { ...subscription, replaces: 'order:5' }),
      said(3, { ...subscription, ...ended }),
    ];
    expect(planOf(...statements.slice(0, 2))).toMatchObject({ lastChange: 'start', changedAt: at(1) });
    expect(planOf(...statements)).toMatchObject({ status: 'churned', changedAt: at(3) });
    // Nor does what is said of it later make its source the newest.
    const later = [
      ...statements.slice(0, 2),
      app(4, { tier: 'enterprise' }),
      said(5, { ...order, ...ended }),
    ];
    expect(planOf(...later)).toMatchObject({ tier: 'enterprise' });
  });

  it('ends and returns, and remembers which tier it was', () => {
    const statements = [said(1, {}), said(2, { ...ended }), said(3, { subject: 'sub_2', tier: 'free' })];
    expect(planOf(...statements.slice(0, 2))).toEqual({
      tier: null,
      status: 'churned',
      previousTier: 'pro',
      lastChange: 'churn',
      changedAt: at(2),
    });
    expect(planOf(...statements)).toEqual({
      tier: 'free',
      status: 'active',
      previousTier: 'pro',
      lastChange: 'return',
      changedAt: at(3),
    });
  });

  it('has ended when the first that is heard of it is its end', () => {
    expect(planOf(app(1, { ...ended, previousTier: 'pro' }))).toMatchObject({
      status: 'churned',
      previousTier: 'pro',
      lastChange: 'churn',
    });
  });

  it('follows the rank within one second', () => {
    const created = said(5, { tier: 'free', rank: 0 });
    const updated = said(5, { tier: 'pro', rank: 1 });
    const deleted = said(5, { ...ended, rank: 2 });
    for (const order of permutations([deleted, updated, created])) {
      expect(planOf(...order)).toMatchObject({ status: 'churned', previousTier: 'pro' });
      expect(changesOf(...order)).toEqual([
        ['start', 'free'],
        ['upgrade', 'pro'],
        ['churn', null],
      ]);
    }
  });

  it('is the one of the provider that is paid when the application says another at the same time', () => {
    const stripe = said(5, { tier: 'pro' });
    for (const free of [
      app(5, { tier: 'free', eventId: '1' }),
      app(5, { tier: 'free', eventId: '999999' }),
    ]) {
      for (const order of permutations([free, stripe])) {
        expect(planOf(...order)).toMatchObject({ tier: 'pro', previousTier: 'free', lastChange: 'upgrade' });
      }
    }
  });

  it('is the one of whoever spoke last', () => {
    const statements = [said(1, {}), app(2, { tier: 'enterprise' })];
    expect(planOf(...statements)).toMatchObject({ tier: 'enterprise' });
    expect(planOf(...statements, said(3, { status: 'past_due' }))).toMatchObject({
      tier: 'pro',
      status: 'past_due',
      lastChange: 'downgrade',
      previousTier: 'enterprise',
    });
  });

  it('is not taken from a living subscription by somebody who signs up after paying', () => {
    const signedUp = app(2, { tier: 'free', signUp: true });
    expect(planOf(said(1, {}), signedUp)).toMatchObject({
      tier: 'pro',
      lastChange: 'start',
      changedAt: at(1),
    });
    expect(planOf(signedUp, said(3, {}))).toMatchObject({ tier: 'pro', lastChange: 'upgrade' });
    expect(planOf(said(1, { ...ended }), signedUp)).toMatchObject({ tier: 'free', lastChange: 'return' });
    // What the application says of a change counts as anybody's word.
    const downgraded = app(3, { tier: 'free' });
    expect(planOf(said(1, {}), signedUp, downgraded)).toMatchObject({
      tier: 'free',
      lastChange: 'downgrade',
    });
  });

  it('goes by the events as they came in when nothing else tells them apart', () => {
    const ninth = said(1, { tier: 'pro', eventId: '9' });
    const tenth = said(1, { tier: 'free', eventId: '10' });
    expect(planOf(tenth, ninth)).toMatchObject({ tier: 'free' });
  });
});

function anything(random: Random): KeptPlanStatement {
  const source = random.pick(['app', 'stripe', 'lemonSqueezy']);
  const subjects = source === 'app' ? (['app'] as const) : (['a', 'b', 'order:1'] as const);
  const status = random.pick(['trialing', 'active', 'past_due', 'paused', 'cancelled', 'churned']);
  return said(random.below(5), {
    source,
    subject: random.pick(subjects),
    rank: random.below(3),
    status,
    tier: status === 'churned' || random.below(5) === 0 ? null : random.pick(TIERS),
    ...(random.below(4) === 0 ? { previousTier: random.pick(TIERS) } : {}),
    ...(random.below(6) === 0 ? { replaces: 'order:1' } : {}),
    ...(source === 'app' ? { signUp: random.below(2) === 0 } : {}),
  });
}

function permutations<Value>(values: readonly Value[]): Value[][] {
  if (values.length <= 1) return [[...values]];
  return values.flatMap((first, index) =>
    permutations(values.filter((_value, other) => other !== index)).map((rest) => [first, ...rest]),
  );
}
