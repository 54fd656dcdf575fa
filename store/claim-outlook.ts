import type { Queryable } from './database';
import type { SendingPause } from './sending-pause';

/** What there is for a claim beside mails that are due, most of the time nothing. */
export interface ClaimOutlook {
  /** The pause that is under way. */
  pause: SendingPause | undefined;
  /** Whether there are mails whose end is unknown, since their lease has run out. */
  hasUnknown: boolean;
  /** Whether there are waits that are over. */
  hasWaits: boolean;
}

/** Looks for all of it in one statement. */
export async function readOutlook(transaction: Queryable, now: Date): Promise<ClaimOutlook> {
  const { rows } = await transaction.query<{
    until: Date | null;
    reason: string | null;
    hasUnknown: boolean;
    hasWaits: boolean;
  }>(
    `select pause.until, pause.reason,
            exists (select from lifecycle.message where state = 'sending' and leased_until <= $1) as "hasUnknown",
            exists (select from lifecycle.message where state = 'waiting' and due_at <= $1) as "hasWaits"
     from (values (true)) as once left join lifecycle.sending_pause pause on pause.until > $1`,
    [now],
  );
  const { until = null, reason = null, hasUnknown = false, hasWaits = false } = rows[0] ?? {};
  return {
    pause: until === null ? undefined : { until, reason: reason ?? '' },
    hasUnknown,
    hasWaits,
  };
}
