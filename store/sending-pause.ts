import type { Queryable } from './database';

export interface SendingPause {
  until: Date;
  reason: string;
}

/** The pause that is under way. */
export async function readPause(database: Queryable, now: Date): Promise<SendingPause | undefined> {
  const { rows } = await database.query<SendingPause>(
    'select until, reason from lifecycle.sending_pause where until > $1',
    [now],
  );
  return rows[0];
}

/** Nothing is sent until then. */
export async function pauseSending(transaction: Queryable, { until, reason }: SendingPause): Promise<void> {
  await transaction.query(
    `insert into lifecycle.sending_pause (until, reason) values ($1, $2)
     on conflict (id) do update set until = greatest(sending_pause.until, excluded.until), reason = excluded.reason`,
    [until, reason],
  );
}
