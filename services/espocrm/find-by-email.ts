import { z } from 'zod/v4';
import { parseAnswer, ServiceError } from '../http';
import { ESPOCRM, type EspoCrmClient } from './client';
import {
  byPreference,
  hasPrimaryAddress,
  personOf,
  personRow,
  type Person,
  type PersonEntity,
  type PersonRow,
} from './person';

/** How long the addresses in one call may be, encoded; web servers take 8 kB with all that is around it. */
const LONGEST_BATCH = 6_000;
/** Records that have none of the addresses asked for: a few may just have been changed, more were never filtered. */
const MOST_STRAYS = 3;

const listOfRows = z.object({ list: z.array(personRow) });

const recordWithAddresses = z.object({
  emailAddressData: z.array(z.object({ emailAddress: z.string() })).nullish(),
});

/**
 * The leads or contacts with these e-mail addresses (in lower case), by address, in as few calls as possible. Each one
 * was seen to have the address, be it as a further one. Of several the first {@link byPreference} counts, those that
 * have it as their primary address before others.
 */
export async function findByEmail(
  client: EspoCrmClient,
  entity: PersonEntity,
  addresses: readonly string[],
): Promise<Map<string, Person>> {
  const found = await Promise.all(batches(addresses).map((batch) => findBatch(client, entity, batch)));
  return new Map(
    found.flatMap((some) => [...some].map(([address, row]) => [address, personOf(entity, row)])),
  );
}

/**
 * A record with two of the addresses shows only one of them, and a list may be cut off: so what is missing is asked for
 * again until nothing more comes.
 */
async function findBatch(
  client: EspoCrmClient,
  entity: PersonEntity,
  addresses: readonly string[],
): Promise<Map<string, PersonRow>> {
  const found = new Map<string, PersonRow>();
  let missing = addresses;
  let before: number;
  do {
    before = found.size;
    const asked = missing;
    const rows = await listByEmail(client, entity, asked);
    for (const address of asked) {
      const row = rows.find((one) => hasPrimaryAddress(one, address));
      if (row) found.set(address, row);
    }
    const others = rows.filter((row) => !asked.some((address) => hasPrimaryAddress(row, address)));
    await matchFurtherAddresses(client, entity, others, asked, found);
    missing = asked.filter((address) => !found.has(address));
  } while (missing.length > 0 && found.size > before);
  return found;
}

/** Adds to `found` whom of those asked for these rows stand for by another than their primary address. */
async function matchFurtherAddresses(
  client: EspoCrmClient,
  entity: PersonEntity,
  rows: readonly PersonRow[],
  asked: readonly string[],
  found: Map<string, PersonRow>,
): Promise<void> {
  let strays = 0;
  for (const row of rows) {
    if (asked.every((address) => found.has(address))) return;
    const held = await readAddresses(client, entity, row.id);
    const matching = asked.filter((address) => held.includes(address));
    if (matching.length === 0) strays += 1;
    if (strays > MOST_STRAYS) throw notFiltered(entity);
    for (const address of matching) if (!found.has(address)) found.set(address, row);
  }
}

/**
 * `searchParams` rather than single parameters: what EspoCRM cannot read in it is a 400, while a filter that it does
 * not understand in those is dropped without a word. Without `maxSize` it gives as many rows as its settings allow,
 * and asking for more would be refused. The total, which costs it a second query, is left out.
 */
async function listByEmail(
  client: EspoCrmClient,
  entity: PersonEntity,
  addresses: readonly string[],
): Promise<PersonRow[]> {
  const action = entity === 'Lead' ? 'look for the lead' : 'look for the contact';
  const searchParams = JSON.stringify({
    where: [{ type: 'in', attribute: 'emailAddress', value: addresses }],
    select: ['id', 'emailAddress', 'createdAt', ...(entity === 'Lead' ? ['status'] : [])],
  });
  const { body } = await client.call({
    action,
    method: 'GET',
    path: `/${entity}`,
    query: { searchParams },
    headers: { 'X-No-Total': 'true' },
  });
  return parseAnswer({ service: ESPOCRM, action }, listOfRows, body).list.sort(byPreference);
}

/** All addresses of a record, in lower case, which it tells only when read by itself; none when it is gone. */
async function readAddresses(client: EspoCrmClient, entity: PersonEntity, id: string): Promise<string[]> {
  const action = `read the e-mail addresses of the ${entity === 'Lead' ? 'lead' : 'contact'} ${id}`;
  const call = {
    action,
    method: 'GET',
    path: `/${entity}/${encodeURIComponent(id)}`,
    expect: [404],
  } as const;
  const { status, body } = await client.call(call);
  if (status === 404) return [];
  const { emailAddressData } = parseAnswer({ service: ESPOCRM, action }, recordWithAddresses, body);
  return (emailAddressData ?? []).map(({ emailAddress }) => emailAddress.trim().toLowerCase());
}

function notFiltered(entity: PersonEntity): ServiceError {
  return new ServiceError(
    ESPOCRM,
    `${ESPOCRM} could not look for the ${entity === 'Lead' ? 'lead' : 'contact'}: its answer holds records with ` +
      'other e-mail addresses, so nothing was created. Check that it is version 7.1 or newer, and that no proxy drops ' +
      'the query from the address of a request.',
    false,
  );
}

function batches(addresses: readonly string[]): string[][] {
  const result: string[][] = [];
  let length = Infinity;
  for (const address of addresses) {
    const added = encodeURIComponent(`"${address}",`).length;
    if (length + added > LONGEST_BATCH) {
      result.push([]);
      length = 0;
    }
    result.at(-1)?.push(address);
    length += added;
  }
  return result;
}
