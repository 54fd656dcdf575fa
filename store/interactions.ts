import type { Queryable } from './database';

/** As long as Discord takes replies to an interaction. */
const MINUTES_TO_REPLY = 15;
/** How many of those that are over go with each that comes: more than one, so that none stays. */
const REMOVED_AT_ONCE = 100;

/** What opens the replies to an interaction. */
export interface InteractionReply {
  applicationId: string;
  /** A secret: not to stand in an execution, a message or a log. */
  token: string;
  expiresAt: Date;
}

/** The tokens of Discord's interactions, as long as they open anything. */
export class Interactions {
  constructor(private readonly database: Queryable) {}

  /** Keeps a token for 15 minutes; again changes nothing. Removes those that are over. */
  async keep({
    id,
    applicationId,
    token,
  }: {
    id: string;
    applicationId: string;
    token: string;
  }): Promise<void> {
    await this.database.query(
      `with over as (
         delete from lifecycle.interaction where id in (
           select id from lifecycle.interaction where expires_at <= now() and id <> $1
           order by expires_at limit $5 for update skip locked)
       )
       insert into lifecycle.interaction (id, application_id, token, expires_at)
       values ($1, $2, $3, now() + make_interval(mins => $4))
       on conflict (id) do nothing`,
      [id, applicationId, token, MINUTES_TO_REPLY, REMOVED_AT_ONCE],
    );
  }

  /** Where to reply; `undefined` when it is too late. */
  async reply(id: string): Promise<InteractionReply | undefined> {
    const { rows } = await this.database.query<InteractionReply>(
      `select application_id as "applicationId", token, expires_at as "expiresAt"
       from lifecycle.interaction where id = $1 and expires_at > now()`,
      [id],
    );
    return rows[0];
  }

  /** Removes the tokens that are over, for when no interaction comes any more. */
  async expire(): Promise<void> {
    await this.database.query(`delete from lifecycle.interaction where expires_at <= now()`);
  }
}
