import pLimit from 'p-limit';
import { asError, ServiceError } from '../http';
import { restorePerson, updatePerson } from './change-person';
import type { TwentyClient } from './client';
import { createPeople, type NewPerson, type StoredPerson } from './create-people';
import { comparableAddress } from './email-address';
import { findByEmail } from './find-by-email';
import { isDeleted, type PersonRow } from './person';
import { missingValues, personValues, type PersonValues } from './person-values';

/** People changed at a time. */
const CONCURRENCY = 5;

/** Somebody who should be in Twenty. */
export interface PersonRequest {
  email: string;
  /** What a new person gets besides, by field or (`name.firstName`) part of one; see {@link personValues}. */
  values: Readonly<Record<string, unknown>>;
}

export interface PersonRules {
  /** What becomes of somebody who is there: left as is, or given what is empty in Twenty. Nothing is overwritten. */
  existing: 'leave' | 'fillEmpty';
}

export interface EnsuredPerson {
  id: string;
  /** False when the person was there, or is created for an earlier request of the same call. */
  created: boolean;
  /** What had to be done. */
  outcome: 'created' | 'restored' | 'updated' | 'found';
}

type Result = EnsuredPerson | Error;

interface Wanted extends NewPerson {
  /** Place among the requests. */
  position: number;
}

/**
 * Makes sure that there is a person in Twenty for each address: everybody is looked for together, whoever is missing is
 * created in batches, whoever is in the trash taken out of it. Gives a result or an error for each request, in their
 * order; one that already is an error stays it. An address that comes several times gets one person, from its first
 * request that Twenty accepts.
 */
export async function ensurePeople(
  client: TwentyClient,
  requests: ReadonlyArray<PersonRequest | Error>,
  rules: PersonRules,
): Promise<Result[]> {
  const read = requests.map(wantedOrError);
  const wanted = read.filter((one): one is Wanted => !(one instanceof Error));
  const known = await findByEmail(client, [...new Set(wanted.map(({ address }) => address))]).catch(asError);
  if (known instanceof Error) return read.map((one) => (one instanceof Error ? one : known));

  const results = read.flatMap((one, position): Array<[number, Result]> =>
    one instanceof Error ? [[position, one]] : [],
  );
  const outages = new Map<string, ServiceError>();
  for (const round of roundsOf(wanted)) {
    for (const [{ position, address }, result] of await ensureRound(client, round, known, outages, rules)) {
      results.push([position, result]);
      if (result instanceof ServiceError && result.retryable) outages.set(address, result);
    }
  }
  return results.sort(([one], [other]) => one - other).map(([, result]) => result);
}

/**
 * Works on requests for different addresses; `known` is kept up to date. After an outage a second try could meet the
 * person of the first one, still being stored: so it shares the error.
 */
async function ensureRound(
  client: TwentyClient,
  round: readonly Wanted[],
  known: Map<string, PersonRow>,
  outages: ReadonlyMap<string, ServiceError>,
  rules: PersonRules,
): Promise<Array<[Wanted, Result]>> {
  const missing: Wanted[] = [];
  const there: Array<[Wanted, StoredPerson | Error]> = [];
  for (const one of round) {
    const row = known.get(one.address);
    const person = outages.get(one.address) ?? (row && { row, created: false });
    if (person) there.push([one, person]);
    else missing.push(one);
  }
  const limit = pLimit(CONCURRENCY);
  const settle = async ({ address, values }: Wanted, person: StoredPerson | Error): Promise<Result> => {
    if (person instanceof Error) return person;
    const { row, outcome } = person.created
      ? { row: person.row, outcome: 'created' as const }
      : await limit(() => settleExisting(client, person.row, values, rules));
    known.set(address, row);
    return { id: row.id, created: person.created, outcome };
  };
  const stored = await createPeople(client, missing);
  return await Promise.all(
    [...there, ...stored].map(async ([one, person]): Promise<[Wanted, Result]> => [
      one,
      await settle(one, person).catch(asError),
    ]),
  );
}

/** Takes somebody who is there out of the trash, and fills in what is empty, if wanted. */
async function settleExisting(
  client: TwentyClient,
  found: PersonRow,
  values: PersonValues,
  { existing }: PersonRules,
): Promise<{ row: PersonRow; outcome: EnsuredPerson['outcome'] }> {
  const row = isDeleted(found) ? await restorePerson(client, found.id) : found;
  const missing = existing === 'fillEmpty' ? missingValues(row, values) : {};
  const isComplete = Object.keys(missing).length === 0;
  const outcome = isDeleted(found) ? 'restored' : isComplete ? 'found' : 'updated';
  return { row: isComplete ? row : await updatePerson(client, row.id, missing), outcome };
}

/** The first request of every address, then the second ones, and so on. */
function roundsOf(wanted: readonly Wanted[]): Wanted[][] {
  const rounds: Wanted[][] = [];
  const counts = new Map<string, number>();
  for (const one of wanted) {
    const count = counts.get(one.address) ?? 0;
    counts.set(one.address, count + 1);
    (rounds[count] ??= []).push(one);
  }
  return rounds;
}

function wantedOrError(request: PersonRequest | Error, position: number): Wanted | Error {
  if (request instanceof Error) return request;
  try {
    const { email, values } = request;
    return { position, address: comparableAddress(email), email, values: personValues(values) };
  } catch (error) {
    return asError(error);
  }
}
