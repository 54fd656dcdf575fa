import pLimit from 'p-limit';
import { asError, orError, ServiceError } from '../http';
import type { EspoCrmClient } from './client';
import { createLead } from './create-lead';
import { comparableAddress } from './email-address';
import { findByEmail } from './find-by-email';
import { leadAttributes } from './lead-attributes';
import type { Person } from './person';

/** Leads created at a time. */
const CONCURRENCY = 5;

/** Somebody who should be known to EspoCRM. */
export interface LeadRequest {
  email: string;
  /** What a new lead gets besides, by attribute; see {@link leadAttributes}. */
  attributes: Readonly<Record<string, unknown>>;
}

export interface LeadRules {
  /** Whether a contact with the address will do. EspoCRM itself never compares leads with contacts. */
  alsoContacts: boolean;
}

export interface EnsuredLead extends Person {
  /** False when the person was known, or is created for an earlier request of the same call. */
  created: boolean;
}

type Result = EnsuredLead | Error;

interface Wanted {
  /** In lower case. */
  address: string;
  request: LeadRequest;
}

/**
 * Makes sure that somebody with each address is in EspoCRM: one call finds all leads, one the contacts among the rest,
 * and each address that is left gets a lead. A lead that is there, converted ones included, is left as it is. Gives a
 * result or an error for each request, in their order; one that already is an error stays it. An address that comes
 * several times gets one lead, from its first request that EspoCRM accepts.
 *
 * EspoCRM has no unique key on the address: two that create the same lead at the same instant may both succeed. Events
 * of one customer are therefore not to be worked on side by side.
 */
export async function ensureLeads(
  client: EspoCrmClient,
  requests: ReadonlyArray<LeadRequest | Error>,
  rules: LeadRules,
): Promise<Result[]> {
  const wanted = requests.map(wantedOrError);
  const addresses = wanted.flatMap((one) => (one instanceof Error ? [] : one.address));
  const known = await findKnown(client, [...new Set(addresses)], rules).catch(asError);
  if (known instanceof Error) return wanted.map((one) => (one instanceof Error ? one : known));

  const limit = pLimit(CONCURRENCY);
  const latest = new Map<string, Promise<Result>>();
  const ensure = async ({ address, request }: Wanted): Promise<Result> => {
    const person = known.get(address);
    if (person) return { ...person, created: false };
    const earlier = await latest.get(address);
    if (earlier && !(earlier instanceof Error)) return { ...earlier, created: false };
    // After an outage a second try could meet the lead of the first one, still being stored.
    if (earlier instanceof ServiceError && earlier.retryable) return earlier;
    return await limit(() => create(client, address, request)).catch(asError);
  };
  return await Promise.all(
    wanted.map((one) => {
      if (one instanceof Error) return one;
      const result = ensure(one);
      latest.set(one.address, result);
      return result;
    }),
  );
}

async function create(client: EspoCrmClient, address: string, request: LeadRequest): Promise<EnsuredLead> {
  const attributes = { ...leadAttributes(request.attributes), emailAddress: request.email.trim() };
  const { person, created } = await createLead(client, address, attributes);
  return { ...person, created };
}

async function findKnown(
  client: EspoCrmClient,
  addresses: readonly string[],
  { alsoContacts }: LeadRules,
): Promise<Map<string, Person>> {
  const leads = await findByEmail(client, 'Lead', addresses);
  const rest = addresses.filter((address) => !leads.has(address));
  const contacts = alsoContacts ? await findByEmail(client, 'Contact', rest) : [];
  return new Map([...leads, ...contacts]);
}

function wantedOrError(request: LeadRequest | Error): Wanted | Error {
  if (request instanceof Error) return request;
  return orError(() => ({ address: comparableAddress(request.email), request }));
}
