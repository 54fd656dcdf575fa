import { barredBy, type EmailStanding } from './email-standing';
import { afterQuiet } from './schedule';
import type { SequenceDefinition } from './sequence-definition';
import type { Stage } from './stage';

/** A mail that is due, with all that decides whether it goes out. */
export interface DueMessage extends EmailStanding {
  definition: SequenceDefinition;
  stage: Stage | null;
  stageSince: Date | null;
  enteredAt: Date;
  /** An event that has happened since then and ends the sequence, as `source:type`. */
  endedBy: string | null;
  /** IANA name. */
  zone: string;
  /** Marketing mails that the customer gets today, by their own calendar, without this one. */
  marketingToday: number;
}

export type Verdict =
  | { send: true }
  | { end: string }
  | { drop: string }
  /** Not at this time of day. */
  | { postpone: Date };

/** What happens to a mail that is due: the last check before it goes out. */
export function judge(message: DueMessage, now: Date, mostMarketingPerDay: number): Verdict {
  const { definition, stage, endedBy, zone, marketingToday } = message;
  const barred = barredBy(definition, message);
  if (barred !== undefined) return definition.kind === 'marketing' ? { end: barred } : { drop: barred };
  if (endedBy !== null) return { end: endedBy };
  if (isInNoStageOf(message)) return { end: `stage ${stage ?? 'unknown'}` };
  const quietUntil = afterQuiet(now, zone, definition.quietHours);
  if (quietUntil > now) return { postpone: quietUntil };
  if (definition.kind === 'marketing' && marketingToday >= mostMarketingPerDay) {
    return { drop: `the customer gets ${marketingToday} marketing mails today, and no more` };
  }
  return { send: true };
}

/** A stage from before the start says nothing: what the sequence started with may not be recorded yet. */
function isInNoStageOf({ definition: { onlyWhile }, stage, stageSince, enteredAt }: DueMessage): boolean {
  if (onlyWhile.length === 0 || stage === null || stageSince === null) return false;
  return stageSince > enteredAt && !onlyWhile.includes(stage);
}
