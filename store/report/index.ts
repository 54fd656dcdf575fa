import type { Pool } from 'pg';
import { inTransaction } from '../database';
import type { Deliveries } from '../deliveries';
import type { SigningKey } from '../signing-key';
import { readCampaign } from './campaign';
import { readCustomer, type CustomerReport } from './customer';
import { countDays } from './days';
import { foldEmailChanges } from './email-days';
import { readEmailReport } from './emails';
import { readJourney } from './journey';
import { reportLists } from './lists';
import { readList, type ListReport } from './lists/list';
import { readMachine } from './machine';
import {
  deadOnly,
  isReplayToken,
  readDead,
  replayToken,
  type DeadDeliveries,
  type ReplayQuestion,
} from './replay';
import type { OverviewReport } from './overview';
import { readRevenue } from './revenue';
import type { ReportScope } from './scope';
import { readTickets } from './tickets';

export type * from './campaign';
export type * from './customer';
export { MAIL_COUNTS } from './emails';
export type * from './emails';
export type * from './journey';
export type { ListColumn, ListReport, ListRow } from './lists/list';
export type * from './machine';
export type { DeadDeliveries, DeadDelivery, ReplayQuestion } from './replay';
export type * from './overview';
export type * from './revenue';
export type * from './tickets';
export { periodUpTo, REPORT_PERIODS, type ReportPeriod, type ReportScope } from './scope';

/** So many are added up within a moment; where mails are claimed, hardly any are left. */
const FOLDED_AT_ONCE = 50_000;

/** What is counted fits into this memory, and compiling a statement takes longer than running it. */
const READING = `set transaction isolation level repeatable read, read only;
  set local work_mem = '32MB'; set local jit = off`;

/** What the dashboard shows of the store. */
export class Reports {
  constructor(
    private readonly pool: Pool,
    private readonly deliveries: Deliveries,
    private readonly key: SigningKey,
  ) {}

  /** All figures as of one moment, so that they fit each other. */
  async overview(scope: ReportScope): Promise<OverviewReport> {
    // What is read is the same without it, but slower.
    await countDays(this.pool);
    await foldEmailChanges(this.pool, FOLDED_AT_ONCE);
    return await inTransaction(this.pool, async (client) => {
      await client.query(READING);
      return {
        kind: 'overview',
        scope,
        journey: await readJourney(client, scope),
        emails: await readEmailReport(client, scope),
        revenue: await readRevenue(client, scope),
        campaign: await readCampaign(client, scope),
        tickets: await readTickets(client, scope),
        machine: await readMachine(client, scope),
      };
    });
  }

  /**
   * The rows behind a figure, newest first; `after` is what the page before gave. `undefined` when there is no list of this
   * name.
   */
  async list(
    name: string,
    scope: ReportScope,
    filters: Readonly<Record<string, string>>,
    { after, limit }: { after: string | null; limit: number },
  ): Promise<ListReport | undefined> {
    const list = reportLists.find((each) => each.name === name);
    return list && (await readList(list, this.pool, scope, filters, after, limit));
  }

  /** The customer with this id or address, in whatever spelling; `undefined` when nothing is known of them. */
  async customer(idOrEmail: string, scope: ReportScope): Promise<CustomerReport | undefined> {
    return await readCustomer(this.pool, idOrEmail, scope);
  }

  /** What would be replayed. */
  async deadOf(question: ReplayQuestion): Promise<DeadDeliveries> {
    return await readDead(this.pool, question);
  }

  /** Has to be given back to {@link replay}: good for this question, for an hour. */
  async replayToken(question: ReplayQuestion, now: Date = new Date()): Promise<string> {
    return await replayToken(this.key, question, now);
  }

  /**
   * Lets dead deliveries be worked on again and gives how many; `undefined`, and nothing done, for a token that was given out
   * for another question, more than an hour ago, or not by us.
   */
  async replay(question: ReplayQuestion, token: string, now: Date = new Date()): Promise<number | undefined> {
    if (!(await isReplayToken(this.key, question, token, now))) return undefined;
    return await this.deliveries.replay(deadOnly(question));
  }
}
