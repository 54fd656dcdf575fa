import type { Queryable } from './database';
import type { JsonObject } from './events';

/** What a campaign counts, beside the invites, which have a table of their own. */
export type MilestoneKind = 'purchase' | 'couponIssued' | 'couponRedeemed' | 'couponRevoked' | 'leadCreated';

/** By service and action, which outcomes of deliveries are milestones. */
const MILESTONES: Readonly<Record<string, Readonly<Record<string, MilestoneKind>>>> = {
  Stripe: { 'purchase looked up': 'purchase' },
  Shopware: {
    'promo code created': 'couponIssued',
    // By an earlier try, which may have broken off before it could say so.
    'promo code found': 'couponIssued',
    'promo code removed': 'couponRevoked',
    'promo code kept: it has been redeemed already': 'couponRedeemed',
  },
  EspoCRM: { 'lead created': 'leadCreated' },
};

export interface Milestone {
  kind: MilestoneKind;
  /** The id that the thing has where it is kept. */
  reference: string;
  happenedAt: Date;
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Those of the outcomes that a campaign counts. */
export function milestonesIn(outcomes: readonly JsonObject[]): Milestone[] {
  return outcomes.flatMap(({ service, action, id, at }) => {
    const kind = MILESTONES[String(service)]?.[String(action)];
    if (kind === undefined || typeof id !== 'string' || id === '') return [];
    const isTime = typeof at === 'string' && ISO_TIME.test(at) && !Number.isNaN(Date.parse(at));
    return [{ kind, reference: id, happenedAt: isTime ? new Date(at) : new Date() }];
  });
}

/** By what a milestone is known again, in SQL; it says nothing of the id that it comes from. */
export function milestoneKey(reference: string): string {
  return `encode(sha256(convert_to(${reference}, 'UTF8')), 'hex')`;
}

/** Name of the cursor that tells when it was last looked which codes were redeemed. */
export const REDEMPTIONS_LOOKED_AT = 'redeemed-coupons';

/** A promo code that somebody has used in the shop. */
export interface RedeemedCoupon {
  /** The shop's id of the code. */
  id: string;
  redeemedAt: Date;
}

/** What a campaign has led to and nobody tells us: it has to be looked for. */
export class Milestones {
  constructor(private readonly database: Queryable) {}

  /**
   * Records the codes that were found to be redeemed, each once, and that it was looked. Gives how many were new. Which code
   * it was is known by how it was issued, so that nothing of it has to be kept here.
   */
  async couponsRedeemed(coupons: readonly RedeemedCoupon[]): Promise<number> {
    const { rows } = await this.database.query<{ recorded: number }>(
      `with looked as (
         insert into lifecycle.cursor (name, position) values ($2, now()::text)
         on conflict (name) do update set position = excluded.position, updated_at = now()
       ), recorded as (
         insert into lifecycle.milestone (kind, key, happened_at)
         select 'couponRedeemed', ${milestoneKey('id')}, "redeemedAt"
         from jsonb_to_recordset($1) as given (id text, "redeemedAt" timestamptz)
         order by 2
         on conflict (kind, key) do nothing returning 1
       )
       select count(*)::int as recorded from recorded`,
      [JSON.stringify(coupons), REDEMPTIONS_LOOKED_AT],
    );
    return rows[0]?.recorded ?? 0;
  }
}
