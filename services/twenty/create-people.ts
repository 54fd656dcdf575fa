import pLimit from 'p-limit';
import { z } from 'zod/v4';
import { asError, parseAnswer, ServiceError } from '../http';
import { TWENTY, type TwentyClient } from './client';
import { findByEmail } from './find-by-email';
import { hasPrimaryAddress, isDeleted, personRow, type PersonRow } from './person';
import type { PersonValues } from './person-values';

const ACTION = 'create the person';
/** People in one call, as Twenty's documentation has it. */
const LARGEST_BATCH = 60;
const CONCURRENCY = 3;

export interface NewPerson {
  /** As it is compared; nobody had it a moment ago. No two have the same. */
  address: string;
  /** As it is written. */
  email: string;
  values: PersonValues;
}

export interface StoredPerson {
  row: PersonRow;
  /** False when somebody else was faster; that person may be in the trash. */
  created: boolean;
}

type Stored<Person> = [Person, StoredPerson | Error];

const oneCreated = z.object({ data: z.object({ createPerson: personRow }) });
const manyCreated = z.object({ data: z.object({ createPeople: z.array(personRow) }) });

/**
 * Creates people, 60 in a call. A batch is stored as a whole or not at all, so that one of them who is refused, or whom
 * somebody else has just created, makes it fail: then they are looked for again, whoever is there is taken, and the rest
 * is halved until those who are refused stand alone. Gives each with a result or an error, in any order.
 */
export async function createPeople<Person extends NewPerson>(
  client: TwentyClient,
  people: readonly Person[],
): Promise<Array<Stored<Person>>> {
  const limit = pLimit(CONCURRENCY);
  const batches = Array.from({ length: Math.ceil(people.length / LARGEST_BATCH) }, (_, index) =>
    people.slice(index * LARGEST_BATCH, (index + 1) * LARGEST_BATCH),
  );
  const stored = await Promise.all(batches.map((batch) => limit(() => createBatch(client, batch, true))));
  return stored.flat();
}

/** @param lookAgain whether somebody else may have been faster since they were last looked for */
async function createBatch<Person extends NewPerson>(
  client: TwentyClient,
  people: readonly Person[],
  lookAgain: boolean,
): Promise<Array<Stored<Person>>> {
  const failed = (error: Error): Array<Stored<Person>> => people.map((person) => [person, error]);
  const rows = await store(client, people).catch(asError);
  if (!(rows instanceof Error)) return people.map((person) => [person, created(rows, person)]);
  if (isUnknown(rows)) return await lookWhoIsThere(client, people, rows);
  if (!isRefusal(rows)) return failed(rows);

  const known = lookAgain ? await find(client, people).catch(asError) : new Map<string, PersonRow>();
  if (known instanceof Error) return failed(known);
  const faster = people.flatMap((person): Array<Stored<Person>> => {
    const row = known.get(person.address);
    return row ? [[person, { row, created: false }]] : [];
  });
  const rest = people.filter(({ address }) => !known.has(address));
  if (rest.length === 0) return faster;
  if (faster.length > 0) return [...faster, ...(await createBatch(client, rest, true))];
  if (people.length === 1) return failed(lookAgain ? rows : againIfTaken(rows));
  const middle = Math.ceil(people.length / 2);
  const first = await createBatch(client, people.slice(0, middle), false);
  return [...first, ...(await createBatch(client, people.slice(middle), false))];
}

/** Sends them, once; gives whom the answer tells of. */
async function store(client: TwentyClient, people: readonly NewPerson[]): Promise<PersonRow[]> {
  const bodies = people.map(({ email, values }) => ({ ...values, emails: { primaryEmail: email.trim() } }));
  const call = { action: ACTION, method: 'POST', query: { depth: 0 } } as const;
  if (bodies.length === 1) {
    const { body } = await client.call({ ...call, path: '/people', body: bodies[0] });
    return [parseAnswer({ service: TWENTY, action: ACTION }, oneCreated, body).data.createPerson];
  }
  const { body } = await client.call({ ...call, path: '/batch/people', body: bodies });
  return parseAnswer({ service: TWENTY, action: ACTION }, manyCreated, body).data.createPeople;
}

function created(rows: readonly PersonRow[], { address }: NewPerson): StoredPerson | Error {
  const row = rows.find((one) => hasPrimaryAddress(one, address));
  if (row) return { row, created: true };
  const message = `${TWENTY} could not ${ACTION}: its answer lacks somebody who was sent. It is tried again later.`;
  return new ServiceError(TWENTY, message, true);
}

/** Whoever is there now is the one that was sent; for the others it is an error, to be tried again from the start. */
async function lookWhoIsThere<Person extends NewPerson>(
  client: TwentyClient,
  people: readonly Person[],
  error: Error,
): Promise<Array<Stored<Person>>> {
  const found = await find(client, people).catch(() => new Map<string, PersonRow>());
  return people.map((person) => {
    const row = found.get(person.address);
    return [person, row && !isDeleted(row) ? { row, created: true } : error];
  });
}

function find(client: TwentyClient, people: readonly NewPerson[]): Promise<Map<string, PersonRow>> {
  return findByEmail(
    client,
    people.map(({ address }) => address),
  );
}

/** No answer, one that cannot be read, or trouble inside Twenty, which may have come after they were stored. */
function isUnknown(error: Error): boolean {
  if (!(error instanceof ServiceError)) return false;
  const { status, retryable } = error;
  return status === undefined || status >= 500 || (status === 400 && retryable);
}

/** A duplicate is told like any other refusal, in words that differ by version; so the words do not count. */
function isRefusal(error: Error): boolean {
  return error instanceof ServiceError && [400, 409, 422].includes(error.status ?? 0);
}

/** Somebody who was created after the look is found by the next try. */
function againIfTaken(error: Error): Error {
  if (!(error instanceof ServiceError) || !/duplicate|unique/i.test(error.message)) return error;
  return new ServiceError(TWENTY, error.message, true, error.status);
}
