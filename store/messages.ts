import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { normalizedEmail } from './customer';
import { inTransaction } from './database';
import { readOutlook } from './claim-outlook';
import { foldEmailChanges } from './report/email-days';
import { resolveWaits } from './message-waits';
import { claimedMessages, judgeDue, takeUpAgain, type ClaimedMessage } from './message-claims';
import { markMessages, type MarkedMessage, type SendingResult } from './message-marks';
import { findMessages, type FoundMessage, type MessageFilter } from './message-search';
import type { SendingPause } from './sending-pause';
import type { SequenceDefinition } from './sequence-definition';

/** Between two looks at what is due, one claim may find nothing but mails to drop. */
const MOST_TURNS = 20;
/** Notes of how mails changed that one claim adds up: more than come about between two of them, but no great work. */
const FOLDED_AT_ONCE = 5_000;
/** Held while mails are claimed: of two who claim, each has to know what the other takes for a customer's day. */
const CLAIM_LOCK = 'lifecycle.message:claim';

/** Until the end of the transaction. */
const settings = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `set_config('${name}', '${value}', true)`)
    .join(', ');

/**
 * A claim takes few of what may be many: row by row through indexes, never by going through all of a table or index. The
 * server would have to guess how many are due. And tables are joined in the order in which they are written down, since
 * to look for a better one, which there is not, takes it longer than to join them.
 */
const LOCK_CLAIMS = `
  select pg_advisory_xact_lock(hashtextextended($1, 0)), ${settings({
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    join_collapse_limit: '1',
  })}`;

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
    await foldEmailChanges(this.pool, FOLDED_AT_ONCE);
    let claimed = await this.claim(options, now, { mayWait: true });
    if (claimed === undefined) {
      await this.resolveWaits(now);
      claimed = await this.claim(options, now, { mayWait: false });
    }
    return claimed ?? { messages: [], dropped: 0, postponed: 0, pause: undefined };
  }

  private async resolveWaits(now: Date): Promise<void> {
    let isMore = true;
    for (let turn = 0; turn < MOST_TURNS && isMore; turn += 1) {
      isMore = await inTransaction(this.pool, async (client) => {
        await client.query(LOCK_CLAIMS, [CLAIM_LOCK]);
        return await resolveWaits(client, now);
      });
    }
  }

  /** `undefined`: waits that are over are to be resolved before. */
  private async claim(
    options: ClaimOptions,
    now: Date,
    { mayWait }: { mayWait: boolean },
  ): Promise<Claimed | undefined> {
    return await inTransaction(this.pool, async (client) => {
      await client.query(LOCK_CLAIMS, [CLAIM_LOCK]);
      const { pause, hasUnknown, hasWaits } = await readOutlook(client, now);
      if (pause !== undefined) return { messages: [], dropped: 0, postponed: 0, pause };
      if (hasWaits && mayWait) return undefined;
      const lease = { lease: randomUUID(), until: new Date(now.getTime() + options.leaseSeconds * 1000) };
      const counts = { dropped: 0, postponed: 0 };
      const definitions = new Map<string, SequenceDefinition>();
      const claimed = hasUnknown ? await takeUpAgain(client, lease, options.limit, now) : [];
      for (let turn = 0; turn < MOST_TURNS && claimed.length < options.limit; turn += 1) {
        const room = options.limit - claimed.length;
        const judged = await judgeDue(client, definitions, { ...options, limit: room }, lease, now);
        claimed.push(...judged.claimed);
        counts.dropped += judged.dropped;
        counts.postponed += judged.postponed;
        if (judged.looked < room) break;
      }
      return { messages: await claimedMessages(client, definitions, claimed), ...counts, pause: undefined };
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
