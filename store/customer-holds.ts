import type { CustomerRecord, CustomerRow } from './customer';
import type { Queryable } from './database';

/** A customer and what is recorded of it. */
export interface Claimed {
  row: CustomerRow;
  records: CustomerRecord[];
}

/**
 * Those of the customers, and of their records, that no other run stands in the way of, each held by its deliveries from
 * now on. What runs share is the lease of their deliveries: so several records of one run go together, and a delivery
 * holds nothing any more once it is settled or its lease is over.
 */
export async function claimants(transaction: Queryable, claimed: readonly Claimed[]): Promise<Claimed[]> {
  const leases = await currentLeases(
    transaction,
    claimed.flatMap(({ row, records }) => [
      ...row.heldBy,
      ...records.flatMap(({ deliveryId }) => deliveryId ?? []),
    ]),
  );
  return claimed.flatMap(({ row, records }) => {
    const heldBy = new Set(row.heldBy.filter((id) => leases.has(id)));
    let [holder] = [...heldBy].map((id) => leases.get(id));
    const free: CustomerRecord[] = [];
    for (const record of records) {
      const { deliveryId } = record;
      const lease = deliveryId === undefined ? undefined : leases.get(deliveryId);
      if (holder !== undefined && lease !== holder) continue;
      // The delivery was given to another run, which is to work on it alone.
      if (lease !== undefined && lease !== (record.lease ?? lease)) continue;
      holder = lease;
      if (deliveryId !== undefined && lease !== undefined) heldBy.add(deliveryId);
      free.push(record);
    }
    return free.length === 0 ? [] : [{ row: { ...row, heldBy: [...heldBy] }, records: free }];
  });
}

/** The leases of those deliveries that are leased, by their ids. */
async function currentLeases(
  transaction: Queryable,
  deliveryIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (deliveryIds.length === 0) return new Map();
  const { rows } = await transaction.query<{ id: string; lease: string }>(
    `select id, lease from lifecycle.delivery
     where id = any ($1::bigint[]) and state = 'leased' and lease_expires_at > now()`,
    [deliveryIds],
  );
  return new Map(rows.map(({ id, lease }) => [id, lease]));
}
