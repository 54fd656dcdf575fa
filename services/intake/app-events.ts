import { z } from 'zod/v4';
import { contentDigest } from './content-digest';
import { UnreadableBody, groupKeyOf, type EventType, type IntakeEvent } from './provider';

/** Longer ones fit neither Mautic nor Twenty (RFC 5321, 4.5.3.1.3: 254 characters). */
const LONGEST_EMAIL = 254;
const LONGEST_NAME = 200;
const LONGEST_LABEL = 100;
/** Twice as long as any IANA name. */
const LONGEST_TIME_ZONE = 64;
const LONGEST_REASON = 1_000;
const LONGEST_ID = 200;
const MOST_PROPERTY_BYTES = 8 * 1024;

/** An event from further ahead than clocks are apart would outdate everything that really happens until then. */
const MOST_AHEAD_MS = 5 * 60_000;
/** Before that there is no application to report anything: it is a time in the wrong unit, or none at all. */
const EARLIEST = Date.UTC(2000, 0);

/** How long the same content, sent without id and timestamp, is the same event at least; at most twice as long. */
const SAME_WITHIN_MS = 10 * 60_000;

const email = z.email().max(LONGEST_EMAIL);
const plan = z.enum(['free', 'pro', 'enterprise']);
const text = (longest: number) => z.string().min(1).max(longest);

/** Whether there is such a zone is for its readers to see: a wrong one must not cost a registration. */
const timeZone = text(LONGEST_TIME_ZONE).optional();

const RANKS: Readonly<Record<z.output<typeof plan>, number>> = { free: 0, pro: 1, enterprise: 2 };
const planChange = z.strictObject({ email, previousPlan: plan, newPlan: plan });
const rise = ({ previousPlan, newPlan }: z.output<typeof planChange>) => RANKS[newPlan] - RANKS[previousPlan];

/** What each event of the SaaS back end says, beside who it is about. */
const dataOf = {
  'user.registered': z.strictObject({
    email,
    name: text(LONGEST_NAME).optional(),
    plan,
    source: text(LONGEST_LABEL).optional(),
    marketingConsent: z.boolean().default(false),
    timeZone,
  }),
  'user.upgraded': planChange.refine((data) => rise(data) > 0, {
    path: ['newPlan'],
    error: 'has to be a higher plan than previousPlan (free, pro, enterprise)',
  }),
  'user.downgraded': planChange.refine((data) => rise(data) < 0, {
    path: ['newPlan'],
    error: 'has to be a lower plan than previousPlan (free, pro, enterprise)',
  }),
  'user.churned': z.strictObject({ email, reason: text(LONGEST_REASON).optional() }),
  'user.loggedIn': z.strictObject({ email, timeZone }),
  'user.custom': z.strictObject({
    email,
    name: text(LONGEST_LABEL),
    properties: z
      .record(z.string(), z.unknown())
      .refine((properties) => Buffer.byteLength(JSON.stringify(properties)) <= MOST_PROPERTY_BYTES, {
        error: `has to be at most ${MOST_PROPERTY_BYTES / 1024} KiB of JSON`,
      })
      .default({}),
  }),
} as const;

export type AppEventType = keyof typeof dataOf;

export const APP_EVENT_TYPES = Object.keys(dataOf) as AppEventType[];

const titles: Readonly<Record<AppEventType, string>> = {
  'user.registered': 'User registered',
  'user.upgraded': 'User upgraded',
  'user.downgraded': 'User downgraded',
  'user.churned': 'User churned',
  'user.loggedIn': 'User logged in',
  'user.custom': 'Custom event',
};

const ada = { email: 'ada@example.com' };
const samples: Readonly<Record<AppEventType, { [key: string]: unknown }>> = {
  'user.registered': {
    ...ada,
    name: 'Ada Lovelace',
    plan: 'free',
    source: 'website',
    marketingConsent: true,
    timeZone: 'Europe/Berlin',
  },
  'user.upgraded': { ...ada, previousPlan: 'free', newPlan: 'pro' },
  'user.downgraded': { ...ada, previousPlan: 'enterprise', newPlan: 'pro' },
  'user.churned': { ...ada, reason: 'too expensive' },
  'user.loggedIn': ada,
  'user.custom': { ...ada, name: 'report.exported', properties: { format: 'pdf' } },
};

/** What the application can report, with a payload of each. */
export const appEventTypes: readonly EventType[] = APP_EVENT_TYPES.map((type) => ({
  type,
  title: titles[type],
  sample: { id: 'sample', type, timestamp: '2026-01-01T12:00:00Z', data: samples[type] },
}));

export const isAppEventType = (type: string): type is AppEventType => Object.hasOwn(dataOf, type);

/** What may stand beside an event's data, wherever it comes from. */
export const appEventHead = {
  /** The sender's own id of the event; the same on a repeated delivery. */
  id: text(LONGEST_ID).optional(),
  timestamp: z.iso.datetime({ offset: true }).optional(),
};

/** An event as the application reports it, its data not yet checked. */
export interface GivenAppEvent {
  type: AppEventType;
  id?: string | undefined;
  timestamp?: string | undefined;
  data: unknown;
}

/**
 * The event that the application reports. Without an id it is known again by its content and timestamp; without both,
 * by its content for ten minutes at least. Throws {@link UnreadableBody} that names what is wrong.
 *
 * @param parent where the data stands in the body, for messages; nothing when it is the body itself
 */
export function readAppEvent(
  { type, id, timestamp, data: given }: GivenAppEvent,
  now: Date,
  parent?: string,
): IntakeEvent {
  const data = readWith<{ email: string }>(dataOf[type], given, parent);
  const occurredAt = timestamp === undefined ? now : checkedTime(timestamp, now);
  return {
    ...idsOf({ type, id, timestamp, data }, now),
    type,
    occurredAt,
    groupKey: groupKeyOf('email', data.email),
    payload: { ...(id !== undefined && { id }), type, ...(timestamp !== undefined && { timestamp }), data },
  };
}

/** The value as the schema has it. Throws {@link UnreadableBody} that names the first field that is wrong. */
export function readWith<Value>(schema: z.ZodType<Value>, value: unknown, parent?: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [...(parent === undefined ? [] : [parent]), ...(issue?.path ?? [])].join('.');
  throw new UnreadableBody(422, `${path ? `${path}: ` : ''}${issue?.message ?? 'not as expected'}`);
}

function checkedTime(timestamp: string, now: Date): Date {
  const time = new Date(timestamp);
  if (time.getTime() > now.getTime() + MOST_AHEAD_MS)
    throw new UnreadableBody(422, 'timestamp: is more than five minutes in the future; check the clock');
  if (time.getTime() < EARLIEST) throw new UnreadableBody(422, 'timestamp: is before the year 2000');
  return time;
}

function idsOf(
  { type, id, timestamp, data }: GivenAppEvent,
  now: Date,
): Pick<IntakeEvent, 'externalId' | 'alsoKnownAs'> {
  if (id !== undefined) return { externalId: id };
  if (timestamp !== undefined) return { externalId: contentDigest([type, timestamp, data]) };
  const slot = Math.floor(now.getTime() / SAME_WITHIN_MS);
  const idIn = (time: number) => contentDigest([type, time, data]);
  // An earlier delivery may fall into the time before, or into the time after by the clock of another process.
  return { externalId: idIn(slot), alsoKnownAs: [idIn(slot - 1), idIn(slot + 1)] };
}
