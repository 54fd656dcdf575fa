import type { Tier } from '../plan';

/**
 * In SQL: whether the customer with this id has the tier now, which is the parameter; everybody has `null`. A join, and no
 * alternative to one, so that it is planned as one.
 */
export function hasTier(tier: Tier | null, customerId: string, parameter: `$${number}`): string {
  return tier === null
    ? `${parameter}::text is null`
    : `${customerId} in (select holder.id from lifecycle.customer holder where holder.tier = ${parameter})`;
}
