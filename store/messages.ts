import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { normalizedEmail } from './customer';
import { inTransaction } from './database';
import { resolveWaits } from './message-waits';
import { judgeDue, readClaimed, takeUpAgain, type ClaimedMessage } from './message-claims';
import { markMessages, type MarkedMessage, type SendingResult } from './message-marks';
import { findMessages, type FoundMessage, type MessageFilter } from './message-search';
import { readPause, type SendingPause } from './sending-pause';

/** Between two looks at what is due, one claim may find nothing but mails to drop. */
const MOST_TURNS = 20;
/** Held while mails are claimed: of two who claim, each has to know what the other takes for a customer's day. */
const CLAIM_LOCK = 'lifecycle.message:claim';

export interface ClaimOptions {
  /** Most mails at once. */
  limit: number;
  mostMarketingPerDay: number;
  leaseSeconds: number;
}

export interface Claimed {
  messages: ClaimedMessage[];
  /** What was dropped, or put off to another time, instead of being sent. */
  dropped: number;
  postponed: number;
  /** Why nothing is sent at the moment. */
  pause: SendingPause | undefined;
}

/** The mails that sequences have planned, from their time on. */
export class Messages {
  constructor(private readonly pool: Pool) {}

  /**
   * Hands out mails that are due, each to one caller until its lease ends, in batches of up to 100 by their `batchKey`:
   * those of a batch go out in one call, in this order, however often it takes. Drops those that must not go out any
   * more, and keeps why. A batch whose end is unknown comes again as it was.
   */
  async claimDue(options: ClaimOptions, now: Date = new Date()): Promise<Claimed> {
    return await inTransaction(this.pool, async (client) => {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [CLAIM_LOCK]);
      const nothing = { messages: [], dropped: 0, postponed: 0 };
      const pause = await readPause(client, now);
      if (pause !== undefined) return { ...nothing, pause };
      const lease = { lease: randomUUID(), until: new Date(now.getTime() + options.leaseSeconds * 1000) };
      const counts = { dropped: 0, postponed: 0 };
      const ids = await takeUpAgain(client, lease, options.limit, now);
      for (let turn = 0; turn < MOST_TURNS && ids.length < options.limit; turn += 1) {
        await resolveWaits(client, now);
        const room = options.limit - ids.length;
        const judged = await judgeDue(client, { ...options, limit: room }, lease, now);
        ids.push(...judged.claimed);
        counts.dropped += judged.dropped;
        counts.postponed += judged.postponed;
        if (judged.looked < room) break;
      }
      return { messages: await readClaimed(client, ids), ...counts, pause: undefined };
    });
  }

  /**
   * Notes what became of mails that were handed out. A refusal that cost nothing is tried again later, as a new mail; an
   * unknown end is tried again as the same call, for as long as the provider knows it; what was sent stays sent,
   * whoever says otherwise. The answers are in the order of the results.
   */
  async mark(results: readonly SendingResult[], now: Date = new Date()): Promise<MarkedMessage[]> {
    return await inTransaction(this.pool, (client) => markMessages(client, results, now));
  }

  /** Mails that fit, those that happen last first. */
  async find(filter: MessageFilter, limit: number): Promise<FoundMessage[]> {
    const { email } = filter;
    const normalized = email === undefined ? filter : { ...filter, email: normalizedEmail(email) };
    return await findMessages(this.pool, normalized, limit);
  }
}
