export type Plan = 'free' | 'pro' | 'enterprise';

export interface UserRegistered {
  email: string;
  name?: string | null | undefined;
  plan: Plan;
  /** Where the user came from, e.g. `website`, `partner`. */
  source?: string | null | undefined;
  /** Whether the user agreed to marketing e-mail; left out means no. */
  marketingConsent?: boolean | null | undefined;
  /** Where the user lives by the clock, e.g. `Europe/Berlin`: e-mails come at that time of day. */
  timeZone?: string | null | undefined;
}

/** For an upgrade `newPlan` is the higher one, for a downgrade the lower one: free, pro, enterprise. */
export interface PlanChange {
  email: string;
  previousPlan: Plan;
  newPlan: Plan;
}

export interface UserChurned {
  email: string;
  reason?: string | null | undefined;
}

export interface UserLoggedIn {
  email: string;
  /** As in {@link UserRegistered}: the last one said counts. */
  timeZone?: string | null | undefined;
}

export interface CustomEvent {
  email: string;
  /** What the user did, e.g. `report.exported`. */
  name: string;
  /** Anything that JSON can carry. */
  properties?: { readonly [key: string]: unknown } | null | undefined;
}

/** What each method of the client takes, by the type of event it sends. */
export interface EventData {
  'user.registered': UserRegistered;
  'user.upgraded': PlanChange;
  'user.downgraded': PlanChange;
  'user.churned': UserChurned;
  'user.loggedIn': UserLoggedIn;
  'user.custom': CustomEvent;
}

export type EventType = keyof EventData;

export interface EventOptions {
  /**
   * Your own id of the event, at most 200 characters: the same id is the same event, however often it is sent. A new
   * one when left out.
   */
  id?: string | undefined;
  /** When it happened: a date or ISO 8601 text; now when left out. */
  timestamp?: Date | string | null | undefined;
}

/** What became of an event; `reason` is for logs, and never holds the token. */
export type Delivery = { delivered: true } | { delivered: false; reason: string };

export interface LifecycleEvent {
  id: string;
  type: EventType;
  /** ISO 8601, UTC. */
  timestamp: string;
  data: { [field: string]: unknown };
}

/** The fields that the receiver knows; it refuses any other, so that a whole user record may be passed to the client. */
const FIELDS: { readonly [Type in EventType]: ReadonlyArray<keyof EventData[Type]> } = {
  'user.registered': ['email', 'name', 'plan', 'source', 'marketingConsent', 'timeZone'],
  'user.upgraded': ['email', 'previousPlan', 'newPlan'],
  'user.downgraded': ['email', 'previousPlan', 'newPlan'],
  'user.churned': ['email', 'reason'],
  'user.loggedIn': ['email', 'timeZone'],
  'user.custom': ['email', 'name', 'properties'],
};

/** The event as it is sent on every try. Throws on a date that is none, and whatever a getter in `data` throws. */
export function eventOf<Type extends EventType>(
  type: Type,
  data: EventData[Type],
  { id, timestamp }: EventOptions,
): LifecycleEvent {
  const given: ReadonlyArray<keyof EventData[Type]> = FIELDS[type];
  const fields = given.map((field) => [field, data[field]] as const);
  return {
    id: id || randomId(),
    type,
    timestamp: (timestamp ? new Date(timestamp) : new Date()).toISOString(),
    data: Object.fromEntries(fields.filter(([, value]) => !isBlank(value))),
  };
}

/** What database records hold for "not known". */
function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Node 18 has no global `crypto`; the id has to be unique and need not be hard to guess. */
function randomId(): string {
  const { crypto } = globalThis as { crypto?: { randomUUID?(): string } };
  return (
    crypto?.randomUUID?.() ??
    'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(Math.random() * 16).toString(16))
  );
}
