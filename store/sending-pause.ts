import type { Queryable } from './database';

export interface SendingPause {
  until: Date;
  reason: string;
}

/** Nothing is sent until then. */
export async function pauseSending(transaction: Queryable, { until, reason }: SendingPause): Promise<void> {
  await transaction.query(
    `insert into lifecycle.sending_pause (until, reason) values ($1, $2)
     on conflict (id) do update set until = greatest(sending_pause.until, excluded.until), reason = excluded.reason`,
    [until, reason],
  );
}
