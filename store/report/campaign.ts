import type { Queryable } from '../database';
import { REDEMPTIONS_LOOKED_AT } from '../milestones';
import { CAMPAIGN_KINDS, campaignRows, type CampaignKind } from './campaign-rows';
import { dayOf } from './days';
import type { ReportScope } from './scope';

/** What a campaign has led to in the period, each thing once; only `invitesLive` is about now. */
export interface CampaignReport {
  /** Paid ones of the product that a workflow looks for. */
  purchases: number;
  couponsIssued: number;
  /** `null` when nobody has ever looked. */
  couponsRedeemed: number | null;
  couponsRevoked: number;
  invitesIssued: number;
  invitesLive: number;
  invitesUsed: number;
  invitesExpired: number;
  invitesRevoked: number;
  leadsCreated: number;
  /** Days (UTC) on which anything of this happened. */
  days: CampaignDay[];
}

export interface CampaignDay {
  day: string;
  purchases: number;
  couponsIssued: number;
  couponsRedeemed: number;
  invitesIssued: number;
  leadsCreated: number;
}

/** Whom it was about does not matter: the tier of a scope changes nothing. */
export async function readCampaign(database: Queryable, { period }: ReportScope): Promise<CampaignReport> {
  const { rows } = await database.query<{ kind: CampaignKind; day: string; count: number }>(
    CAMPAIGN_KINDS.map(
      (kind) =>
        `select '${kind}' as kind, ${dayOf('at')}::text as day, count(*)::int as count
         from ${campaignRows(kind)} counted group by ${dayOf('at')}`,
    ).join(' union all '),
    [period.from, period.until],
  );
  const total = (wanted: CampaignKind): number =>
    rows.filter(({ kind }) => kind === wanted).reduce((sum, { count }) => sum + count, 0);
  const couponsRedeemed = total('couponRedeemed');
  return {
    purchases: total('purchase'),
    couponsIssued: total('couponIssued'),
    couponsRedeemed: couponsRedeemed > 0 || (await hasLooked(database)) ? couponsRedeemed : null,
    couponsRevoked: total('couponRevoked'),
    invitesIssued: total('inviteIssued'),
    invitesLive: total('inviteLive'),
    invitesUsed: total('inviteUsed'),
    invitesExpired: total('inviteExpired'),
    invitesRevoked: total('inviteRevoked'),
    leadsCreated: total('leadCreated'),
    days: daysOf(rows),
  };
}

const BY_DAY = {
  purchase: 'purchases',
  couponIssued: 'couponsIssued',
  couponRedeemed: 'couponsRedeemed',
  inviteIssued: 'invitesIssued',
  leadCreated: 'leadsCreated',
} as const;

function daysOf(rows: ReadonlyArray<{ kind: CampaignKind; day: string; count: number }>): CampaignDay[] {
  const days = new Map<string, CampaignDay>();
  for (const { kind, day, count } of rows) {
    if (!(kind in BY_DAY)) continue;
    const counts = days.get(day) ?? {
      day,
      purchases: 0,
      couponsIssued: 0,
      couponsRedeemed: 0,
      invitesIssued: 0,
      leadsCreated: 0,
    };
    days.set(day, { ...counts, [BY_DAY[kind as keyof typeof BY_DAY]]: count });
  }
  return [...days.values()].sort((one, other) => (one.day < other.day ? -1 : 1));
}

async function hasLooked(database: Queryable): Promise<boolean> {
  const { rows } = await database.query(`select from lifecycle.cursor where name = $1`, [
    REDEMPTIONS_LOOKED_AT,
  ]);
  return rows.length > 0;
}
