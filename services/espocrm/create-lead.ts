import { z } from 'zod/v4';
import { asError, parseAnswer, ServiceError, type HttpResponse } from '../http';
import { ESPOCRM, type EspoCrmClient } from './client';
import { reasonOf } from './failure';
import { findByEmail } from './find-by-email';
import { byPreference, hasPrimaryAddress, personOf, personRow, type Person } from './person';

const ACTION = 'create the lead';

/** EspoCRM's own rule for a duplicate: the same e-mail address, or the same first and last name. */
type DuplicateCheck = 'check' | 'skip';

/** A lead as EspoCRM's API takes it, by attribute. */
export type LeadAttributes = Readonly<Record<string, unknown>> & { emailAddress: string };

export interface CreatedLead {
  person: Person;
  /** False when somebody else was faster. */
  created: boolean;
}

/**
 * Creates a lead for an address (in lower case) that had none a moment ago. When EspoCRM finds a duplicate, the lead
 * with the same address is taken; if there is none, it was somebody of the same name, and the lead is created all the
 * same. Throws `ServiceError`.
 */
export async function createLead(
  client: EspoCrmClient,
  address: string,
  lead: LeadAttributes,
): Promise<CreatedLead> {
  const first = await post(client, address, lead, 'check');
  if (first.outcome === 'created') return { person: first.person, created: true };
  // The answer lists five duplicates at most, and of each the primary address only.
  const person = first.sameAddress ?? (await findLead(client, address));
  if (person) return { person, created: false };
  const second = await post(client, address, lead, 'skip');
  if (second.outcome === 'created') return { person: second.person, created: true };
  throw client.failure({ action: ACTION }, second.answer);
}

type Posted =
  | { outcome: 'created'; person: Person }
  | { outcome: 'duplicate'; sameAddress: Person | undefined; answer: HttpResponse };

/**
 * Sends the lead, once. When it is unknown whether it was stored, a look by its address tells: found there, it is the
 * one that was sent; otherwise it is an error, to be tried again from the start.
 */
async function post(
  client: EspoCrmClient,
  address: string,
  lead: LeadAttributes,
  check: DuplicateCheck,
): Promise<Posted> {
  const result = await send(client, address, lead, check).catch(asError);
  if (!(result instanceof Error)) return result;
  const person = isUnknown(result) ? await findLead(client, address).catch(() => undefined) : undefined;
  if (person) return { outcome: 'created', person };
  throw result;
}

async function send(
  client: EspoCrmClient,
  address: string,
  lead: LeadAttributes,
  check: DuplicateCheck,
): Promise<Posted> {
  const answer = await client.call({
    action: ACTION,
    method: 'POST',
    path: '/Lead',
    body: lead,
    headers: {
      'Content-Type': 'application/json',
      ...(check === 'skip' && { 'X-Skip-Duplicate-Check': 'true' }),
    },
    expect: [409],
  });
  if (answer.status === 409) return duplicateIn(client, address, answer);
  const row = parseAnswer({ service: ESPOCRM, action: ACTION }, personRow, answer.body);
  return { outcome: 'created', person: personOf('Lead', row) };
}

/** Other conflicts, which the header tells apart, are none that a lead could cause: they are errors. */
function duplicateIn(client: EspoCrmClient, address: string, answer: HttpResponse): Posted {
  if (reasonOf(answer) !== 'duplicate') throw client.failure({ action: ACTION }, answer);
  // Only a short cut: without it the lead is looked for.
  const rows = z.array(personRow).safeParse(answer.body).data ?? [];
  const [same] = rows.filter((row) => hasPrimaryAddress(row, address)).sort(byPreference);
  return { outcome: 'duplicate', sameAddress: same && personOf('Lead', same), answer };
}

async function findLead(client: EspoCrmClient, address: string): Promise<Person | undefined> {
  return (await findByEmail(client, 'Lead', [address])).get(address);
}

/** No answer, one that cannot be read, or a failure inside EspoCRM, which may have come after the lead was stored. */
function isUnknown(error: Error): boolean {
  return error instanceof ServiceError && (error.status === undefined || error.status >= 500);
}
