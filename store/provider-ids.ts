import type { EventSource, JsonObject } from './events';

/** Ids by which the outside systems know a person, besides the e-mail address. */
export interface ProviderIds {
  mauticContacts: string[];
  stripeCustomers: string[];
  stripeSubscriptions: string[];
  lemonSqueezyCustomers: string[];
  twentyPeople: string[];
  /** Of mails to nobody else. */
  resendMails: string[];
  /** Who have opened no ticket for anybody else. */
  discordUsers: string[];
}

/** What is read of a stored event to find out whom it is about. */
export interface EventContent {
  source: EventSource;
  payload: JsonObject;
  /** Whether it was recorded of the person, whatever address it names. */
  isRecorded: boolean;
}

/**
 * The ids that events hold of the person with this address ({@link normalizedEmail}). An event that only mentions the
 * address, as a card's holder for instance, is about somebody else and gives none.
 */
export function idsIn(
  events: readonly EventContent[],
  email: string,
): Omit<ProviderIds, 'twentyPeople' | 'stripeSubscriptions' | 'discordUsers'> {
  const idsOf = (source: EventSource, read: (payload: JsonObject) => Owner): string[] => [
    ...new Set(
      events
        .filter((event) => event.source === source)
        .map((event) => ({ ...read(event.payload), isRecorded: event.isRecorded }))
        .filter(({ address, isRecorded }) => isRecorded || address === email)
        .flatMap(({ id }) => id ?? []),
    ),
  ];
  return {
    mauticContacts: idsOf('mautic', contactIn),
    stripeCustomers: idsOf('stripe', stripeCustomerIn),
    lemonSqueezyCustomers: idsOf('lemonSqueezy', lemonSqueezyCustomerIn),
    resendMails: idsOf('resend', mailIn),
  };
}

/** Whom an event is about. */
interface Owner {
  id: string | undefined;
  address: string | undefined;
}

/** Where the kinds of Mautic's events have their contact. */
const CONTACT_PATHS = [['contact'], ['stat', 'lead'], ['submission', 'lead'], ['hit', 'lead']];

function contactIn(payload: JsonObject): Owner {
  const contact = CONTACT_PATHS.map((path) => at(payload, ...path)).find((found) => found !== undefined);
  const groups = Object.values(objectOf(at(contact, 'fields')));
  const address = groups.map((fields) => text(at(fields, 'email', 'value'))).find((found) => found);
  // A deleted contact may have its id beside it only.
  return { id: text(at(contact, 'id')) ?? text(payload.id), address: addressOf(address) };
}

function stripeCustomerIn(payload: JsonObject): Owner {
  const object = at(payload, 'data', 'object');
  const customer = at(object, 'object') === 'customer' ? object : at(object, 'customer');
  const address = [
    at(object, 'customer_details', 'email'),
    at(object, 'customer_email'),
    at(object, 'email'),
  ].find((found) => typeof found === 'string');
  return { id: text(customer) ?? text(at(customer, 'id')), address: addressOf(address) };
}

function lemonSqueezyCustomerIn(payload: JsonObject): Owner {
  const attributes = at(payload, 'data', 'attributes');
  return { id: text(at(attributes, 'customer_id')), address: addressOf(at(attributes, 'user_email')) };
}

function mailIn(payload: JsonObject): Owner {
  const to = at(payload, 'data', 'to');
  const [recipient, ...others]: unknown[] = Array.isArray(to) ? to : [to];
  // A mail to several is also somebody else's.
  if (others.length > 0) return { id: undefined, address: undefined };
  const named = /<([^<>]+)>\s*$/.exec(text(recipient) ?? '')?.[1];
  return { id: text(at(payload, 'data', 'email_id')), address: addressOf(named ?? recipient) };
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => objectOf(inner)[name], value);
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function addressOf(value: unknown): string | undefined {
  return text(value)?.trim().toLowerCase();
}
