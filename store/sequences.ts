import type { Pool } from 'pg';
import { normalizedEmail, publicCustomer, type Customer, type CustomerRow } from './customer';
import { findCustomers, lockCustomers } from './customer-rows';
import { inTransaction } from './database';
import { barredBy, readStandings } from './email-standing';
import { erasedRecords, PersonErased } from './erasure';
import { zoneOf } from './schedule';
import type { SequenceDefinition } from './sequence-definition';
import {
  endEntries,
  insertEntries,
  insertMessages,
  keepVersion,
  type SequenceVersion,
} from './sequence-rows';
import { planOf, type PlannedMessage } from './sequence-plan';
import { readSequenceReports, type SequenceReport } from './sequence-report';

/** Somebody who is to enter a sequence. */
export interface SequenceStart {
  /** '' when it is not known: then nothing is started. */
  email: string;
  /** Why: the same cause enters once. */
  cause: string;
  /** What the delays count from. */
  startedAt: Date;
  /** Since when it matters what happens to them: when the event happened; now by default. */
  enteredAt?: Date | undefined;
  /** What the templates may name beside the customer. */
  data: { readonly [name: string]: unknown };
  /** The event because of which; one from before the person's erasure starts nothing. */
  eventId?: string | undefined;
}

/** What became of a start. */
export interface StartedSequence {
  /** Absent when it was not started. */
  entryId?: string;
  /** Why it was not started, for people to read. */
  reason?: string;
  plan: PlannedMessage[];
}

/** What a sequence would be for somebody. */
export interface PreviewedSequence {
  /** `undefined` when nobody has the address. */
  customer: Customer | undefined;
  timeZone: string;
  plan: PlannedMessage[];
  /** Why it would not be started for this customer, for people to read. */
  reason?: string | undefined;
}

/** Who gets which mails when. */
export class Sequences {
  /** By their content, once they are committed. */
  private readonly versions = new Map<string, Promise<SequenceVersion>>();

  constructor(private readonly pool: Pool) {}

  /**
   * Lets people enter a sequence, each cause once, and plans all of its mails; customers who are not known yet are
   * made. An edited definition holds for those who enter from then on. In a fixed number of statements; the answers are
   * in the order of the starts.
   */
  async start(
    definition: SequenceDefinition,
    starts: readonly SequenceStart[],
    now: Date = new Date(),
  ): Promise<Array<StartedSequence | PersonErased>> {
    if (starts.length === 0) return [];
    const version = await this.versionOf(definition);
    const given = starts.map((start) => ({
      ...start,
      email: normalizedEmail(start.email),
      source: 'app' as const,
    }));
    return await inTransaction(this.pool, async (client) => {
      const emails = given.map(({ email }) => email).filter((email) => email !== '');
      const rows = await lockCustomers(client, [...new Set(emails)]);
      const customerOf = new Map(rows.map((row) => [row.email, row]));
      const erased = await erasedRecords(client, given);
      const standings = await readStandings(client, rows, definition.topic);
      const reasons = given.map((start) => {
        if (start.email === '') return 'the customer has no e-mail address';
        const standing = standings.get(start.email);
        return standing && barredBy(definition, standing);
      });
      const entering = given.flatMap((start, index) => {
        const customer = customerOf.get(start.email);
        if (customer === undefined || erased.has(start) || reasons[index] !== undefined) return [];
        return [
          {
            ...start,
            enteredAt: start.enteredAt ?? now,
            index,
            customerId: customer.id,
            tier: customer.tier,
            zone: zoneFor(customer, definition),
          },
        ];
      });
      const entryIds = await insertEntries(client, version, entering);
      const planned = entering.flatMap(({ index, customerId, tier, zone, startedAt }, position) => {
        const entryId = entryIds[position];
        if (entryId === undefined) return [];
        const plan = planOf(definition, { customerId, zone, startedAt, now });
        return [{ index, entryId, customerId, versionId: version.id, tier, plan }];
      });
      await insertMessages(client, definition.kind, planned, now);
      const plannedAt = new Map(planned.map((each) => [each.index, each]));
      return given.map((start, index) => {
        if (erased.has(start)) return new PersonErased();
        const reason = reasons[index];
        if (reason !== undefined) return { reason, plan: [] };
        const own = plannedAt.get(index);
        return own === undefined
          ? { reason: 'the customer has entered it for this cause before', plan: [] }
          : { entryId: own.entryId, plan: own.plan };
      });
    });
  }

  /** What {@link start} would plan for somebody; nothing is kept. */
  async preview(
    definition: SequenceDefinition,
    { email, startedAt }: Pick<SequenceStart, 'email' | 'startedAt'>,
    now: Date = new Date(),
  ): Promise<PreviewedSequence> {
    const [row] = await findCustomers(this.pool, [normalizedEmail(email)]);
    const timeZone = zoneFor(row, definition);
    const plan = planOf(definition, { customerId: row?.id ?? '0', zone: timeZone, startedAt, now });
    if (row === undefined) return { customer: undefined, timeZone, plan };
    const standing = (await readStandings(this.pool, [row], definition.topic)).get(row.email);
    const reason = standing && barredBy(definition, standing);
    return { customer: publicCustomer(row), timeZone, plan, reason };
  }

  /**
   * Ends what is under way of a sequence, or of all of them, for somebody: no further mail is sent. Gives how many mails
   * that drops.
   */
  async end(
    email: string,
    sequence: string | undefined,
    reason: string,
    now: Date = new Date(),
  ): Promise<number> {
    return await inTransaction(this.pool, async (client) =>
      endEntries(client, { email: normalizedEmail(email), sequence }, reason, now),
    );
  }

  /** All sequences that anybody ever entered, with how they go, by their names. */
  async find(): Promise<SequenceReport[]> {
    return await readSequenceReports(this.pool);
  }

  private versionOf(definition: SequenceDefinition): Promise<SequenceVersion> {
    const content = JSON.stringify(definition);
    const known = this.versions.get(content);
    if (known !== undefined) return known;
    const keeping = keepVersion(this.pool, definition).catch((error: unknown) => {
      this.versions.delete(content);
      throw error;
    });
    this.versions.set(content, keeping);
    return keeping;
  }
}

function zoneFor(customer: CustomerRow | undefined, { timeZone }: SequenceDefinition): string {
  return zoneOf(customer?.timeZone ?? null, timeZone);
}
