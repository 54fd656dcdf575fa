import type { Stage } from './stage';

export type MessageKind = 'marketing' | 'transactional';

export type DelayUnit = 'minutes' | 'hours' | 'days' | 'weeks';

/** Whom a marketing sequence is for, beside those who have not unsubscribed. */
export type Audience = 'everybody' | 'consented' | 'confirmed';

export interface MessageText {
  subject: string;
  preheader: string;
  body: string;
}

/** One of several texts of a step, which customers get in the ratio of the weights. */
export interface Variant extends MessageText {
  name: string;
  /** At least 1. */
  weight: number;
}

/** What becomes of a mail that waits for an event when that does not come. */
export type WhenTimeIsUp = 'send' | 'skip' | 'end' | 'sendOther';

export interface SequenceStep {
  /** Unique in its sequence. */
  name: string;
  /** Since the step before, or since the start; negative before it, in the first step alone. With a wait: at most so long. */
  delay: number;
  unit: DelayUnit;
  /** `HH:mm` in the customer's time zone; `null` for whatever time it is then. */
  timeOfDay: string | null;
  /** 1 for Monday to 7 for Sunday; empty means any. */
  weekdays: readonly number[];
  wait: {
    /** As `source:type`. */
    events: readonly string[];
    whenTimeIsUp: WhenTimeIsUp;
    /** For `sendOther`. */
    other: MessageText | null;
  } | null;
  /** At least one. */
  variants: readonly Variant[];
}

/** Hours of the night, as `HH:mm`, in which nothing is sent. They may span midnight. */
export interface QuietHours {
  from: string;
  to: string;
}

/** Who gets which mail when, and what ends it, as a marketer has defined it. */
export interface SequenceDefinition {
  name: string;
  kind: MessageKind;
  /** What people can choose not to get; `null` for transactional ones. */
  topic: string | null;
  audience: Audience;
  /** `null` for whoever sends all others. */
  from: string | null;
  replyTo: string | null;
  /** Of the page on which people choose what they get; `null` for none. */
  preferencesPage: string | null;
  /** As `source:type`: once one of these is recorded of the customer, no further mail is sent. */
  endsOn: readonly string[];
  /** The stages outside of which no further mail is sent; empty means any. */
  onlyWhile: readonly Stage[];
  quietHours: QuietHours | null;
  /** IANA name, for customers whose own is not known. */
  timeZone: string;
  steps: readonly SequenceStep[];
}

/** The text of a planned mail. */
export function textOf(
  step: SequenceStep,
  variant: number,
  waitOutcome: string | null,
): MessageText | undefined {
  return waitOutcome === 'timeIsUp' && step.wait?.whenTimeIsUp === 'sendOther'
    ? (step.wait.other ?? undefined)
    : step.variants[variant];
}
