import type { Pool } from 'pg';
import { normalizedEmail } from './customer';
import type { Queryable } from './database';
import type { SuppressionReason } from './email-standing';
import { groupKeyOf } from './group-key';
import { storableText } from './storable';

/** An address that nothing is sent to. */
export interface Suppression {
  /** `null` for somebody who was erased: the address stays suppressed, though nobody knows it any more. */
  email: string | null;
  reason: SuppressionReason;
  detail: string | null;
  suppressedAt: Date;
}

export interface NewSuppression {
  /** Normalized. */
  email: string;
  reason: SuppressionReason;
  detail: string | null;
  at: Date;
}

/** Keeps the first reason of each address. */
export async function suppress(transaction: Queryable, some: readonly NewSuppression[]): Promise<void> {
  if (some.length === 0) return;
  await transaction.query(
    `insert into lifecycle.suppression (email_key, email, reason, detail, suppressed_at)
     select distinct on (key) key, email, reason, detail, at
     from jsonb_to_recordset($1) as given (key text, email text, reason text, detail text, at timestamptz)
     order by key, at
     on conflict (email_key) do nothing`,
    [
      JSON.stringify(
        some.map((each) => ({
          ...each,
          key: groupKeyOf('email', each.email),
          detail: each.detail === null ? null : storableText(each.detail),
        })),
      ),
    ],
  );
}

/** Addresses that nothing is sent to, and how to lift that. */
export class Suppressions {
  constructor(private readonly pool: Pool) {}

  /** Suppresses an address by hand. */
  async add(email: string, detail: string | null, now: Date = new Date()): Promise<void> {
    await suppress(this.pool, [{ email: normalizedEmail(email), reason: 'byHand', detail, at: now }]);
  }

  /** Lets mails go to an address again; gives whether it was suppressed. */
  async remove(email: string): Promise<boolean> {
    const { rows } = await this.pool.query(
      'delete from lifecycle.suppression where email_key = $1 returning 1',
      [groupKeyOf('email', normalizedEmail(email))],
    );
    return rows.length > 0;
  }

  /** The newest first; of one address if given. */
  async find(email: string | undefined, limit: number): Promise<Suppression[]> {
    const key = email === undefined ? null : groupKeyOf('email', normalizedEmail(email));
    const { rows } = await this.pool.query<Suppression>(
      `select email, reason, detail, suppressed_at as "suppressedAt" from lifecycle.suppression
       where $1::text is null or email_key = $1 order by suppressed_at desc, email_key limit $2`,
      [key, limit],
    );
    return rows;
  }
}
