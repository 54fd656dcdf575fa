import pLimit from 'p-limit';
import type { MauticApi } from './api';
import { chunks } from './chunks';
import { writeContact, writeContacts, type ContactWrite, type WrittenContact } from './contacts';
import { asError, ServiceError } from '../http';

/**
 * How many contacts go into one call. Mautic takes 200, but saves them one after the other, each with all that hangs
 * on it (webhooks among them), and the call must end well within its time-out.
 */
const BATCH_SIZE = 25;
/** Batches under way at once. */
const CONCURRENCY = 4;

/** Answers to a batch that a single one of its contacts may have caused. */
const CAUSED_BY_ONE: ReadonlyArray<number | undefined> = [400, 422, 500];

export type WriteResult = WrittenContact | Error;

/** Carries out every write in as few calls as possible, and gives the result or the error of each by its key. */
export async function writeAll<Key>(
  api: MauticApi,
  writes: ReadonlyMap<Key, ContactWrite>,
): Promise<Map<Key, WriteResult>> {
  const entries = [...writes].map(([key, write]) => ({ key, write }));
  const created = entries.filter(({ write }) => write.id === undefined);
  const edited = entries.filter(({ write }) => write.id !== undefined);
  const limit = pLimit(CONCURRENCY);
  const pairs = await Promise.all(
    [...chunks(created, BATCH_SIZE), ...chunks(edited, BATCH_SIZE)].map((group) =>
      limit(async () => {
        const results = await writeGroup(
          api,
          group.map(({ write }) => write),
        );
        return group.map(
          ({ key }, index) => [key, results[index] ?? new Error('the write was left out')] as const,
        );
      }),
    ),
  );
  return new Map(pairs.flat());
}

async function writeGroup(api: MauticApi, writes: readonly ContactWrite[]): Promise<WriteResult[]> {
  if (writes.length <= 1) return oneByOne(api, writes);
  try {
    return await writeContacts(api, writes);
  } catch (error) {
    if (error instanceof ServiceError && CAUSED_BY_ONE.includes(error.status)) return oneByOne(api, writes);
    return writes.map(() => asError(error));
  }
}

async function oneByOne(api: MauticApi, writes: readonly ContactWrite[]): Promise<WriteResult[]> {
  const results: WriteResult[] = [];
  for (const write of writes) results.push(await writeContact(api, write).catch(asError));
  return results;
}
