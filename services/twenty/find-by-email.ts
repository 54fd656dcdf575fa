import { z } from 'zod/v4';
import { parseAnswer, ServiceError } from '../http';
import { TWENTY, type TwentyClient } from './client';
import { patternsOf } from './email-address';
import { addressesOf, holderOf, personRow, type PersonRow } from './person';

const ACTION = 'look for the person';
/** How long the filter of one call may be, encoded; web servers take 8 kB with all that is around it. */
const LONGEST_FILTER = 6_500;
/** People whom nobody asked for: a few may just have been changed, more were never filtered. */
const MOST_STRAYS = 3;
const PAGE = 60;
/** Has the trash searched as well. */
const LIVE_OR_DELETED = 'or(deletedAt[is]:NULL,deletedAt[is]:NOT_NULL)';

const listOfPeople = z.object({
  data: z.object({ people: z.array(personRow) }),
  pageInfo: z.object({ hasNextPage: z.boolean().nullish(), endCursor: z.string().nullish() }).nullish(),
});

/**
 * The people with these e-mail addresses (as they are compared), by address, in as few calls as possible; see
 * {@link holderOf}. Each one was seen to have the address: what a filter gives is not taken on trust. Throws
 * `ServiceError`.
 */
export async function findByEmail(
  client: TwentyClient,
  addresses: readonly string[],
): Promise<Map<string, PersonRow>> {
  const found = await Promise.all(
    batchesOf(addresses).map(async (batch) => {
      const rows = await listPeople(client, batch.flatMap(patternsOf));
      return batch.flatMap((address): Array<[string, PersonRow]> => {
        const row = holderOf(rows, address);
        return row ? [[address, row]] : [];
      });
    }),
  );
  return new Map(found.flat());
}

/** Everybody whose primary or further address fits one of the patterns. */
async function listPeople(client: TwentyClient, patterns: readonly string[]): Promise<PersonRow[]> {
  const filter = `and(or(${patterns.map(conditionOf).join(',')}),${LIVE_OR_DELETED})`;
  const rows: PersonRow[] = [];
  const seen = new Set<string>();
  for (let cursor: string | undefined; ;) {
    const { body } = await client.call({
      action: ACTION,
      method: 'GET',
      path: '/people',
      query: { filter, limit: PAGE, depth: 0, ...(cursor !== undefined && { starting_after: cursor }) },
    });
    const { data, pageInfo } = parseAnswer({ service: TWENTY, action: ACTION }, listOfPeople, body);
    rows.push(...data.people);
    if (strays(rows, patterns) > MOST_STRAYS) throw notFiltered();
    cursor = (pageInfo?.hasNextPage && pageInfo.endCursor) || undefined;
    if (cursor === undefined || seen.has(cursor)) return rows;
    seen.add(cursor);
  }
}

/** Further addresses are a list as JSON, which knows no comparison without regard to case, but is in lower case. */
function conditionOf(pattern: string): string {
  return `emails.primaryEmail[ilike]:"${pattern}",emails.additionalEmails[like]:%"${pattern}"%`;
}

function strays(rows: readonly PersonRow[], patterns: readonly string[]): number {
  const sources = patterns.map((pattern) => pattern.replace(/[.+]/g, '\\$&').replaceAll('_', '.'));
  const wanted = new RegExp(`^(?:${sources.join('|')})$`, 'isu');
  return rows.filter((row) => !addressesOf(row).some((address) => wanted.test(address))).length;
}

function notFiltered(): ServiceError {
  return new ServiceError(
    TWENTY,
    `${TWENTY} could not ${ACTION}: its answer holds people with other e-mail addresses, so nothing was created. Check ` +
      'that it is version 1.0 or newer, and that no proxy drops the query from the address of a request.',
    false,
  );
}

function batchesOf(addresses: readonly string[]): string[][] {
  const batches: string[][] = [];
  let length = Infinity;
  for (const address of addresses) {
    const added = encodeURIComponent(`${patternsOf(address).map(conditionOf).join(',')},`).length;
    if (length + added > LONGEST_FILTER) {
      batches.push([]);
      length = 0;
    }
    batches.at(-1)?.push(address);
    length += added;
  }
  return batches;
}
