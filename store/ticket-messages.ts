import type { Queryable } from './database';

/** Where a message of ours stands. */
export interface TicketMessage {
  channelId: string;
  id: string;
}

/** `new`: this caller sends it. `begun`: an earlier try broke off; nobody knows whether it was sent. */
export type BegunMessage = { state: 'new' | 'begun' } | ({ state: 'sent' } & TicketMessage);

/** Begins a message of a ticket, of which there is one for a purpose. */
export async function beginMessage(
  database: Queryable,
  number: number,
  purpose: string,
): Promise<BegunMessage> {
  const { rows: begun } = await database.query(
    `update lifecycle.ticket set messages = messages || jsonb_build_object($2::text, '{}'::jsonb)
     where number = $1 and not messages ? $2::text returning number`,
    [number, purpose],
  );
  if (begun.length > 0) return { state: 'new' };
  const { rows } = await database.query<{ channelId: string | null; id: string | null }>(
    `select messages -> $2::text ->> 'channelId' as "channelId", messages -> $2::text ->> 'id' as id
     from lifecycle.ticket where number = $1`,
    [number, purpose],
  );
  const [row] = rows;
  if (!row) throw new Error(`There is no ticket ${number}.`);
  const { channelId, id } = row;
  return channelId === null || id === null ? { state: 'begun' } : { state: 'sent', channelId, id };
}

export async function recordMessage(
  database: Queryable,
  number: number,
  purpose: string,
  { channelId, id }: TicketMessage,
): Promise<void> {
  await database.query(
    `update lifecycle.ticket
     set messages = messages || jsonb_build_object($2::text, jsonb_build_object('channelId', $3::text, 'id', $4::text))
     where number = $1`,
    [number, purpose, channelId, id],
  );
}

/** It was certainly not sent, or is not to count any more: may be begun again. */
export async function forgetMessage(database: Queryable, number: number, purpose: string): Promise<void> {
  await database.query(`update lifecycle.ticket set messages = messages - $2::text where number = $1`, [
    number,
    purpose,
  ]);
}

/** All messages of the ticket that are known to have been sent, by purpose. */
export async function readMessages(
  database: Queryable,
  number: number,
): Promise<Record<string, TicketMessage>> {
  const { rows } = await database.query<{ messages: Record<string, Partial<TicketMessage>> }>(
    'select messages from lifecycle.ticket where number = $1',
    [number],
  );
  return Object.fromEntries(
    Object.entries(rows[0]?.messages ?? {}).flatMap(([purpose, { channelId, id }]) =>
      channelId === undefined || id === undefined ? [] : [[purpose, { channelId, id }]],
    ),
  );
}
