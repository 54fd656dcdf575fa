import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Store } from '../../../store';
import { createPool, type Queryable } from '../../../store/database';
import { migrate } from '../../../store/migrate';
import { readCampaign, type CampaignReport } from '../../../store/report/campaign';
import { campaign } from '../../../store/report/lists/campaign';
import { periodUpTo, type ReportScope } from '../../../store/report/scope';
import { Random } from '../../support/random';
import { allRows } from '../../support/report-lists';
import { useStore } from '../../support/store';

const DAY_MS = 86_400_000;
const HANDLER = 'coupon/node';
type Action = readonly [service: string, action: string];
const ACTIONS: readonly [Action, ...Action[]] = [
  ['Stripe', 'purchase looked up'],
  ['Stripe', 'ignored: no matching product'],
  ['Shopware', 'promo code created'],
  ['Shopware', 'promo code found'],
  ['Shopware', 'promo code removed'],
  ['Shopware', 'promo code kept: it has been redeemed already'],
  ['Shopware', 'no promo code to remove'],
  ['EspoCRM', 'lead created'],
  ['EspoCRM', 'lead found'],
  ['Other', 'lead created'],
];

const database = useStore();
let store: Store;
let pool: Queryable;

beforeEach(async () => {
  store = await database.empty();
  const own = createPool(database.url());
  database.beforeClosing(() => own.end());
  pool = own;
  await store.handlers.register({
    id: HANDLER,
    workflowId: 'coupon',
    name: 'Coupons',
    eventTypes: ['app:bought'],
  });
});

const scopeOf = (days: number, until = new Date()): ReportScope => ({
  period: periodUpTo(until, days),
  tier: null,
});
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

interface Outcome {
  service: string;
  action: string;
  id: string;
  at: string;
  [field: string]: unknown;
}

/** Lets a delivery for each list of outcomes end with these; some only at a second try. */
async function settleAll(random: Random, lists: readonly Outcome[][]): Promise<void> {
  await store.events.acceptAll(
    lists.map((_, index) => ({
      source: 'app' as const,
      externalId: `${random.next()}-${index}`,
      type: 'bought',
      occurredAt: new Date(),
      payload: {},
    })),
  );
  const claimed = await store.deliveries.claim({
    handlerId: HANDLER,
    limit: lists.length,
    leaseSeconds: 60,
    owner: 1,
  });
  const failure = { node: 'Send', service: 'Mautic', message: 'No.', retryable: true };
  const settlements = claimed.map((delivery, index) => ({ ...delivery, outcomes: lists[index] ?? [] }));
  await store.deliveries.settle(
    settlements.map((each) => ({ ...each, ...(random.next() < 0.3 && { failure }) })),
  );
  // Those that are done already change nothing, nor does what was done in a first try count again.
  await Promise.all([store.deliveries.settle(settlements), store.deliveries.settle(settlements)]);
}

const randomOutcome = (random: Random): Outcome => {
  const [service, action] = random.pick(ACTIONS);
  return { service, action, id: `id-${random.below(60)}`, at: daysAgo(random.below(400)).toISOString() };
};

async function seedInvites(random: Random): Promise<void> {
  for (let index = 0; index < 60; index += 1) {
    const order = { subject: `mautic:${index}`, cause: `${index}`, channelId: '100' };
    const { id } = await store.invites.begin(order);
    if (random.next() < 0.1) continue;
    const code = `code-${index}`;
    const expiresAt = random.pick([null, new Date(Date.now() + DAY_MS), daysAgo(random.below(40))]);
    await store.invites.issued(id, { code, expiresAt });
    const end = random.pick(['revoked', 'vanished', 'live', 'live']);
    if (end === 'revoked') await store.invites.revoked(code);
    if (end === 'vanished') await store.invites.vanished([code]);
  }
  await store.invites.noteEarlier('mautic:1', 'found');
  await store.invites.noteEarlier('mautic:2', 'found-and-gone');
  await store.invites.vanished(['found-and-gone']);
  await database.sql(
    `update lifecycle.invite set issued_at = issued_at - interval '1 day' * (id % 300),
       ended_at = ended_at - case when state <> 'gone' then interval '1 day' * (id % 100) else interval '0' end`,
  );
}

/** Of the outcomes of all deliveries: how many things each counts, by the day on which it was first noted. */
async function countedOutcomes({ period: { from, until } }: ReportScope, actions: string[]): Promise<number> {
  const [row] = await database.sql<{ count: number }>(
    `select count(*)::int as count from (
       select distinct on (outcome ->> 'id') (outcome ->> 'at')::timestamptz as at
       from lifecycle.delivery cross join jsonb_array_elements(outcomes) with ordinality as each (outcome, place)
       where (outcome ->> 'service') || ': ' || (outcome ->> 'action') = any ($3)
       order by outcome ->> 'id', (outcome ->> 'at')::timestamptz) first
     where at >= $1 and at < $2`,
    [from, until, actions],
  );
  return row?.count ?? 0;
}

async function countedInvites({ period: { from, until } }: ReportScope, at: string, condition: string) {
  const [row] = await database.sql<{ count: number }>(
    `select count(*)::int as count from lifecycle.invite
     where issued_at is not null and ${at} >= $1 and ${at} < $2 and ${condition}`,
    [from, until],
  );
  return row?.count ?? 0;
}

async function counted(scope: ReportScope): Promise<Omit<CampaignReport, 'days'>> {
  const [live] = await database.sql<{ count: number }>(
    `select count(*)::int as count from lifecycle.invite
     where issued_at is not null and state = 'live' and (expires_at is null or expires_at > now())`,
  );
  return {
    purchases: await countedOutcomes(scope, ['Stripe: purchase looked up']),
    couponsIssued: await countedOutcomes(scope, [
      'Shopware: promo code created',
      'Shopware: promo code found',
    ]),
    // Nobody has looked in the shop, so that none is none known.
    couponsRedeemed:
      (await countedOutcomes(scope, ['Shopware: promo code kept: it has been redeemed already'])) || null,
    couponsRevoked: await countedOutcomes(scope, ['Shopware: promo code removed']),
    leadsCreated: await countedOutcomes(scope, ['EspoCRM: lead created']),
    invitesIssued: await countedInvites(scope, 'issued_at', 'true'),
    invitesLive: live?.count ?? 0,
    invitesUsed: await countedInvites(scope, 'ended_at', `state = 'used'`),
    invitesRevoked: await countedInvites(scope, 'ended_at', `state = 'revoked'`),
    invitesExpired: await countedInvites(scope, 'expires_at', `state not in ('used', 'revoked')`),
  };
}

const KINDS = {
  purchases: 'purchase',
  couponsIssued: 'couponIssued',
  couponsRedeemed: 'couponRedeemed',
  couponsRevoked: 'couponRevoked',
  leadsCreated: 'leadCreated',
  invitesIssued: 'inviteIssued',
  invitesLive: 'inviteLive',
  invitesUsed: 'inviteUsed',
  invitesExpired: 'inviteExpired',
  invitesRevoked: 'inviteRevoked',
} as const;
type Figure = keyof typeof KINDS;
const FIGURES = Object.keys(KINDS) as Figure[];

describe('the figures of a campaign', () => {
  it.each([1, 2, 3])('are those of an independent count, for every period (seed %i)', async (seed) => {
    const random = new Random(seed);
    // Each thing is noted when it is done, so that its first note has its earliest time.
    const outcomes = Array.from({ length: 250 }, () => randomOutcome(random)).sort((one, other) =>
      one.at < other.at ? -1 : 1,
    );
    for (let start = 0; start < outcomes.length; start += 50) {
      const batch = outcomes.slice(start, start + 50);
      await settleAll(random, [batch.slice(0, 25), batch.slice(25)]);
    }
    await seedInvites(random);
    for (const days of [1, 7, 30, 90, 365]) {
      const scope = scopeOf(days);
      const { days: byDay, ...report } = await readCampaign(pool, scope);
      expect(report).toEqual(await counted(scope));
      for (const figure of ['purchases', 'couponsIssued', 'invitesIssued', 'leadsCreated'] as const) {
        expect(byDay.reduce((sum, day) => sum + day[figure], 0)).toBe(report[figure]);
      }
      for (const figure of FIGURES) {
        const rows = await allRows(campaign, pool, scope, { kind: KINDS[figure] });
        expect([figure, rows.length]).toEqual([figure, report[figure] ?? 0]);
      }
      const [day] = byDay;
      if (day === undefined) continue;
      for (const figure of ['purchases', 'couponsIssued', 'couponsRedeemed', 'invitesIssued'] as const) {
        const rows = await allRows(campaign, pool, scope, { kind: KINDS[figure], day: day.day });
        expect(rows).toHaveLength(day[figure]);
      }
    }
    const rows = await allRows(campaign, pool, scopeOf(365), {}, 1_000);
    const report = await readCampaign(pool, scopeOf(365));
    expect(rows).toHaveLength(
      FIGURES.reduce((sum, figure) => sum + (figure === 'invitesLive' ? 0 : Number(report[figure])), 0),
    );
    expect(await allRows(campaign, pool, scopeOf(365))).toEqual(rows);
  });

  it('hold what was done before they were kept, once', async () => {
    const random = new Random(4);
    const outcomes = Array.from({ length: 120 }, () => randomOutcome(random));
    await settleAll(random, [outcomes.slice(0, 60), outcomes.slice(60)]);
    const scope = scopeOf(365);
    await database.sql(
      `drop table lifecycle.milestone, lifecycle.event_day, lifecycle.delivery_day, lifecycle.day_counted;
       drop index lifecycle.delivery_dead, lifecycle.delivery_done, lifecycle.delivery_done_at, lifecycle.message_by_sending,
         lifecycle.invite_by_issue, lifecycle.invite_by_end, lifecycle.invite_by_expiry;
       create index delivery_unfinished on lifecycle.delivery (state, updated_at) where state in ('failed', 'dead');
       delete from lifecycle.migration where name = '012_machine_report.sql'`,
    );
    await migrate(database.url());
    expect(await readCampaign(pool, scope)).toMatchObject(await counted(scope));
  });
});

describe('redeemed coupons', () => {
  it('are not known until somebody has looked', async () => {
    expect((await readCampaign(pool, scopeOf(1))).couponsRedeemed).toBeNull();
    expect(await store.milestones.couponsRedeemed([])).toBe(0);
    expect((await readCampaign(pool, scopeOf(1))).couponsRedeemed).toBe(0);
  });

  it('count once, on the day of their redemption, and are shown as they were issued', async () => {
    const random = new Random(5);
    const issued = {
      service: 'Shopware',
      action: 'promo code created',
      id: 'a',
      at: daysAgo(3).toISOString(),
    };
    await settleAll(random, [[issued]]);
    const redeemed = { id: 'a', redeemedAt: daysAgo(2) };
    expect(await store.milestones.couponsRedeemed([redeemed, redeemed])).toBe(1);
    const later = { id: 'b', redeemedAt: daysAgo(0) };
    expect(await store.milestones.couponsRedeemed([redeemed, later])).toBe(1);
    expect((await readCampaign(pool, scopeOf(1))).couponsRedeemed).toBe(1);
    expect((await readCampaign(pool, scopeOf(7))).couponsRedeemed).toBe(2);
    const rows = await allRows(campaign, pool, scopeOf(7), { kind: 'couponRedeemed' });
    expect(rows).toMatchObject([
      { what: 'Coupon redeemed', reference: null, workflow: null },
      { what: 'Coupon redeemed', reference: 'a', workflow: 'Coupons', at: redeemed.redeemedAt },
    ]);
  });
});

describe('an outcome that cannot be', () => {
  it.each([
    ['without an id', { id: undefined }],
    ['with an id that is none', { id: 5 }],
    ['with an empty id', { id: '' }],
  ])('%s counts for nothing', async (_, over) => {
    const outcome = { service: 'EspoCRM', action: 'lead created', at: daysAgo(0).toISOString(), ...over };
    await settleAll(new Random(6), [[outcome as unknown as Outcome]]);
    expect((await readCampaign(pool, scopeOf(7))).leadsCreated).toBe(0);
  });

  it.each(['yesterday', '2026-13-45T00:00:00Z', undefined])('has happened now: at %s', async (at) => {
    const outcome = { service: 'EspoCRM', action: 'lead created', id: 'a', at };
    await settleAll(new Random(7), [[outcome as unknown as Outcome]]);
    expect((await readCampaign(pool, scopeOf(1))).leadsCreated).toBe(1);
  });
});
