import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import {
  newCustomer,
  normalizedEmail,
  publicCustomer,
  type Customer,
  type CustomerRecord,
  type CustomerRow,
} from './customer';
import { claimants, type Claimed } from './customer-holds';
import {
  findCustomers,
  lockCustomers,
  lockCustomersById,
  lockCustomersInStages,
  searchCustomers,
  writeFacts,
  writeSynced,
  type CustomerFilter,
} from './customer-rows';
import {
  dueSyncs,
  versionsOf,
  withSync,
  type CustomerVersions,
  type DueSyncs,
  type SyncEntry,
} from './customer-sync';
import { readTimeline, type TimelineEntry } from './customer-timeline';
import { inTransaction } from './database';
import { erasedRecords, type PersonErased } from './erasure';
import type { EventSource } from './events';
import { keepRecords, withRecords } from './recording';
import { react } from './sequence-endings';
import { PASSING_STAGES, newUntil } from './stage';
import { withStages } from './stage-changes';
import { readEmailsBySubject } from './statements';

const LONGEST_WAIT_MS = 5_000;
const LOOK_AGAIN_MS = 100;
const MOVED_AT_ONCE = 500;

/** The customer as it is after a record. */
export interface RecordedCustomer {
  customer: Customer;
  due: DueSyncs;
  versions: CustomerVersions;
  /** Whether any plan of the customer has been synced yet. */
  planShown: boolean;
}

/** Answers a record whose customer another run is working on; nothing of it was kept. */
export class CustomerBusy extends Error {
  override readonly name = 'CustomerBusy';

  constructor() {
    super('Another run is working on this customer.');
  }
}

/** What is told of the customers who share an e-mail address, in whatever spelling, is about one customer. */
export class Customers {
  constructor(private readonly pool: Pool) {}

  /**
   * Keeps what events say about customers and gives each customer as it is after all of the records; repeating a record
   * changes nothing. For a record without an event the answer is what would be, and nothing is kept.
   *
   * A customer is worked on by one run at a time: a record with a delivery holds it until all its deliveries are
   * settled or have lost their lease. Other runs wait for that up to `waitMs` (five seconds), then their record is
   * answered with {@link CustomerBusy}. A record whose event happened before its person was erased is answered with
   * {@link PersonErased}. The answers are in the order of the records.
   */
  async record(
    records: readonly CustomerRecord[],
    { waitMs = LONGEST_WAIT_MS }: { waitMs?: number } = {},
  ): Promise<Array<RecordedCustomer | CustomerBusy | PersonErased>> {
    const normalized = records.map((record) => ({ ...record, email: normalizedEmail(record.email) }));
    const isKept = ({ eventId }: CustomerRecord): boolean => eventId !== undefined;
    const after = new Map<CustomerRecord, CustomerRow | PersonErased>([
      ...(await this.keepAll(normalized.filter(isKept), waitMs)),
      ...(await this.preview(normalized.filter((record) => !isKept(record)))),
    ]);
    return normalized.map((record) => {
      const row = after.get(record);
      if (row === undefined) return new CustomerBusy();
      if (row instanceof Error) return row;
      return {
        customer: publicCustomer(row),
        due: dueSyncs(row),
        versions: versionsOf(row),
        planShown: row.syncedPlan > 0,
      };
    });
  }

  /**
   * Notes what the outside systems hold of customers now: what is not given stays, and only the versions given count as
   * synced. Customers who are not in the store are left out.
   */
  async saveSync(entries: readonly SyncEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await inTransaction(this.pool, async (client) => {
      const rows = await lockCustomersById(
        client,
        entries.map(({ customerId }) => customerId),
      );
      const now = new Date();
      const synced = rows.map((row) =>
        entries
          .filter(({ customerId }) => customerId === row.id)
          .reduce((before, entry) => withSync(before, entry, now), row),
      );
      await writeSynced(client, synced);
    });
  }

  /**
   * The customer with what somebody has entered by hand, made when there was none with the address. Waits as
   * {@link record} does.
   */
  async upsert(
    entered: Pick<CustomerRecord, 'email' | 'name' | 'namedAt'>,
    { waitMs = LONGEST_WAIT_MS }: { waitMs?: number } = {},
  ): Promise<Customer | CustomerBusy> {
    const record: CustomerRecord = { ...entered, source: 'app', email: normalizedEmail(entered.email) };
    const row = (await this.keepAll([record], waitMs)).get(record);
    return row === undefined || row instanceof Error ? new CustomerBusy() : publicCustomer(row);
  }

  /**
   * Works out anew the stages that time alone ends, of all who have been in one for long enough. Gives how many have
   * moved; repeating it moves nobody.
   */
  async moveOn(now: Date = new Date()): Promise<number> {
    let moved = 0;
    for (;;) {
      const batch = await inTransaction(this.pool, async (client) => {
        const rows = await lockCustomersInStages(client, PASSING_STAGES, newUntil(now), MOVED_AT_ONCE);
        const staged = await withStages(
          client,
          rows.map((row) => ({ row })),
          { now, deliver: true },
        );
        await writeFacts(
          client,
          staged.map(({ row }) => row),
        );
        await react(
          client,
          staged.map(({ row }) => row.id),
          [],
          now,
        );
        return { looked: rows.length, moved: staged.filter(({ row }, index) => row !== rows[index]).length };
      });
      moved += batch.moved;
      // Whoever has stayed would come again.
      if (batch.looked < MOVED_AT_ONCE || batch.moved === 0) return moved;
    }
  }

  /** The customers that fit, of whom something was last recorded first. */
  async find(filter: CustomerFilter, limit: number): Promise<Customer[]> {
    return (await searchCustomers(this.pool, filter, limit)).map(publicCustomer);
  }

  /** The customer with the address, in whatever spelling. */
  async get(email: string): Promise<Customer | undefined> {
    const [row] = await findCustomers(this.pool, [normalizedEmail(email)]);
    return row && publicCustomer(row);
  }

  /**
   * The addresses of the customers whose plans the subjects of a source were last said to be, by the subject. Subjects
   * of which nothing was said are left out.
   */
  async emailsBySubject(
    source: EventSource,
    subjects: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    if (subjects.length === 0) return new Map();
    return await readEmailsBySubject(this.pool, source, subjects);
  }

  /**
   * What happened to the customer with the address, newest first: the events that were recorded of it or name the
   * address, each with the work on it; changes of its plan; payments. At most `limit` entries.
   */
  async timeline(email: string, limit: number): Promise<TimelineEntry[]> {
    const address = normalizedEmail(email);
    const [row] = await findCustomers(this.pool, [address]);
    return await readTimeline(this.pool, address, row?.id, limit);
  }

  private async keepAll(
    records: readonly CustomerRecord[],
    waitMs: number,
  ): Promise<Map<CustomerRecord, CustomerRow | PersonErased>> {
    const deadline = Date.now() + waitMs;
    const after = new Map<CustomerRecord, CustomerRow | PersonErased>();
    let waiting = records;
    while (waiting.length > 0) {
      for (const [record, row] of await this.keepFree(waiting)) after.set(record, row);
      waiting = waiting.filter((record) => !after.has(record));
      const left = deadline - Date.now();
      if (left <= 0) break;
      if (waiting.length > 0) await sleep(Math.min(left, LOOK_AGAIN_MS));
    }
    return after;
  }

  /** Keeps the records whose customers nobody else is working on. */
  private async keepFree(
    records: readonly CustomerRecord[],
  ): Promise<Map<CustomerRecord, CustomerRow | PersonErased>> {
    return await inTransaction(this.pool, async (client) => {
      const rows = await lockCustomers(client, [...new Set(records.map(({ email }) => email))]);
      const erased = await erasedRecords(client, records);
      const living = records.filter((record) => !erased.has(record));
      const claimed = await claimants(client, together(rows, living));
      const kept = byRecord(await keepRecords(client, claimed));
      return new Map<CustomerRecord, CustomerRow | PersonErased>([...erased, ...kept]);
    });
  }

  private async preview(records: readonly CustomerRecord[]): Promise<Map<CustomerRecord, CustomerRow>> {
    if (records.length === 0) return new Map();
    const emails = [...new Set(records.map(({ email }) => email))];
    const known = await findCustomers(this.pool, emails);
    const missing = emails.filter((email) => known.every((row) => row.email !== email));
    return byRecord(await withRecords(this.pool, together([...known, ...missing.map(newCustomer)], records)));
  }
}

function together(rows: readonly CustomerRow[], records: readonly CustomerRecord[]): Claimed[] {
  const byEmail = new Map<string, Claimed>(rows.map((row) => [row.email, { row, records: [] }]));
  for (const record of records) byEmail.get(record.email)?.records.push(record);
  return [...byEmail.values()];
}

function byRecord(claimed: readonly Claimed[]): Map<CustomerRecord, CustomerRow> {
  return new Map(claimed.flatMap(({ row, records }) => records.map((record) => [record, row] as const)));
}
