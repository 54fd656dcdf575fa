import type { Queryable } from './database';

export interface InviteOrder {
  /** Whom it is for, as `mautic:<contact id>`. */
  subject: string;
  /** The event that it is issued for. */
  cause: string;
  channelId: string;
}

/**
 * `new`: this caller issues it. `begun`: an earlier try broke off, and nobody knows whether Discord issued it.
 * `live`: it was issued.
 */
export type BegunInvite =
  | { id: string; state: 'new' | 'begun'; begunAt: Date }
  | {
      id: string;
      state: 'live';
      begunAt: Date;
      code: string;
      /** `null`: never. */
      expiresAt: Date | null;
    };

export interface LiveInvite {
  id: string;
  code: string;
  /** `null` for a link that was found on the contact and not issued here; then `channelId` is `null`, too. */
  cause: string | null;
  channelId: string | null;
  begunAt: Date;
  expiresAt: Date | null;
}

/** How an invite ended: taken back by us, used, or in a way that nobody knows: used or expired, or deleted by others. */
export type InviteEnd = 'revoked' | 'used' | 'gone';

/** By how much Discord's clock and the store's may differ: what is gone so shortly before its time may have expired. */
const CLOCK_SKEW = `interval '1 minute'`;

/** Which invite was issued for whom: begun before Discord is asked, live once its code is recorded. */
export class Invites {
  constructor(private readonly database: Queryable) {}

  /**
   * Begins an invite unless one is begun or live for the same subject, cause and channel; tells which. One that is begun
   * for another cause of the subject becomes this one: nobody else may ever come back to look for what got lost.
   */
  async begin({ subject, cause, channelId }: InviteOrder): Promise<BegunInvite> {
    // A statement of its own: the insertion would still see the expired one.
    await this.database.query(
      `update lifecycle.invite set state = 'gone', ended_at = now()
       where subject = $1 and cause = $2 and channel_id = $3 and state = 'live' and expires_at <= now()`,
      [subject, cause, channelId],
    );
    await this.database.query(
      `update lifecycle.invite set cause = $2
       where id = (
           select id from lifecycle.invite
           where subject = $1 and cause <> $2 and channel_id = $3 and state = 'begun' order by id limit 1)
         and state = 'begun'
         and not exists (
           select from lifecycle.invite
           where subject = $1 and cause = $2 and channel_id = $3 and state in ('begun', 'live'))`,
      [subject, cause, channelId],
    );
    const { rows } = await this.database.query<{
      id: string;
      begunAt: Date;
      code: string | null;
      expiresAt: Date | null;
      inserted: boolean;
    }>(
      `insert into lifecycle.invite (subject, cause, channel_id, state) values ($1, $2, $3, 'begun')
       on conflict (subject, cause, channel_id) where state in ('begun', 'live')
         do update set subject = excluded.subject
       returning id, begun_at as "begunAt", code, expires_at as "expiresAt", xmax = 0 as inserted`,
      [subject, cause, channelId],
    );
    const row = rows[0];
    if (row === undefined) throw new Error(`The invite for ${subject} could not be begun.`);
    const { id, begunAt, code, expiresAt, inserted } = row;
    if (code !== null) return { id, state: 'live', begunAt, code, expiresAt };
    return { id, state: inserted ? 'new' : 'begun', begunAt };
  }

  /**
   * Records what Discord issued. False when the code is already recorded for another invite, or when this one was
   * recorded or released by somebody else: then it must not be handed out for this one.
   */
  async issued(id: string, { code, expiresAt }: { code: string; expiresAt: Date | null }): Promise<boolean> {
    const { rows } = await this.database
      .query(
        `update lifecycle.invite set state = 'live', code = $2, expires_at = $3, issued_at = now()
         where id = $1 and (state = 'begun' or code = $2) returning id`,
        [id, code, expiresAt],
      )
      .catch(noRowsWhenTaken);
    return rows.length > 0;
  }

  /** Begun, but certainly not issued: may be begun again. */
  async release(id: string): Promise<void> {
    await this.database.query(`delete from lifecycle.invite where id = $1 and state = 'begun'`, [id]);
  }

  /** What a subject has been given and nobody has reported as ended: what was found on it first, then oldest first. */
  async live(subject: string): Promise<LiveInvite[]> {
    const { rows } = await this.database.query<LiveInvite>(
      `select id, code, cause, channel_id as "channelId", begun_at as "begunAt", expires_at as "expiresAt"
       from lifecycle.invite where subject = $1 and state = 'live'
       order by cause is not null, id`,
      [subject],
    );
    return rows;
  }

  /**
   * We have taken the invite back. Gives its id, when it was live; or was held to be used, since it was missed in the list
   * of its channel a moment before we could say so.
   */
  async revoked(code: string): Promise<string | undefined> {
    const { rows } = await this.database.query<{ id: string }>(
      `update lifecycle.invite set state = 'revoked', ended_at = now()
       where code = $1 and state in ('live', 'used') returning id`,
      [code],
    );
    return rows[0]?.id;
  }

  /**
   * Discord has these invites no more, and we have not taken them back: for one use each, they were used when their time was
   * not over and we had issued them; else, or when they went with their channel, nobody knows. Gives those that were live
   * until now.
   */
  async vanished(
    codes: readonly string[],
    { withChannel = false }: { withChannel?: boolean } = {},
  ): Promise<Array<{ id: string; state: 'used' | 'gone' }>> {
    const { rows } = await this.database.query<{ id: string; state: 'used' | 'gone' }>(
      `update lifecycle.invite
       set ended_at = now(),
           state = case
             when not $2 and issued_at is not null and (expires_at is null or expires_at > now() + ${CLOCK_SKEW}) then 'used'
             else 'gone'
           end
       where code = any ($1::text[]) and state = 'live' returning id, state`,
      [codes, withChannel],
    );
    return rows;
  }

  /** What was issued to channels and should still be in their lists: neither ended nor about to expire. */
  async inChannels(): Promise<Array<{ channelId: string; codes: string[] }>> {
    const { rows } = await this.database.query<{ channelId: string; codes: string[] }>(
      `select channel_id as "channelId", array_agg(code order by id) as codes
       from lifecycle.invite
       where state = 'live' and channel_id is not null
         and (expires_at is null or expires_at > now() + ${CLOCK_SKEW})
       group by channel_id order by channel_id`,
    );
    return rows;
  }

  /** Which of these codes are recorded, for whomever and in whatever state. */
  async known(codes: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.database.query<{ code: string }>(
      `select code from lifecycle.invite where code = any ($1::text[])`,
      [codes],
    );
    return new Set(rows.map(({ code }) => code));
  }

  /** Remembers an invite that was found on a subject, so that a later step or try knows it. A known one stays as it is. */
  async noteEarlier(subject: string, code: string): Promise<void> {
    await this.database.query(
      `insert into lifecycle.invite (subject, code, state) values ($1, $2, 'live') on conflict (code) do nothing`,
      [subject, code],
    );
  }
}

/** A unique violation (postgresql.org/docs/current/errcodes-appendix.html): the code is another invite's. */
function noRowsWhenTaken(error: unknown): { rows: [] } {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === '23505') {
    return { rows: [] };
  }
  throw error;
}
