import type { Pool } from 'pg';
import { inTransaction } from '../database';
import type { Deliveries, DeliveryFilter } from '../deliveries';
import type { SigningKey } from '../signing-key';
import { readCampaign } from './campaign';
import { readCustomer, type CustomerReport } from './customer';
import { readEmails } from './emails';
import { readJourney } from './journey';
import { reportLists } from './lists';
import { readList, type ListReport } from './lists/list';
import { readMachine } from './machine';
import { isReplayToken, readDead, replayToken, type ReplayQuestion, type ReplayReport } from './replay';
import type { OverviewReport } from './report';
import { readRevenue } from './revenue';
import type { ReportScope } from './scope';

export type * from './campaign';
export type * from './customer';
export type * from './emails';
export type * from './journey';
export type { ListColumn, ListReport, ListRow } from './lists/list';
export type * from './machine';
export type { DeadDelivery, ReplayQuestion, ReplayReport } from './replay';
export type * from './report';
export type * from './revenue';
export { periodUpTo, type ReportPeriod, type ReportScope } from './scope';

/** What the dashboard shows of the store. */
export class Reports {
  constructor(
    private readonly pool: Pool,
    private readonly deliveries: Deliveries,
    private readonly key: SigningKey,
  ) {}

  /** All figures as of one moment, so that they fit each other. */
  async overview(scope: ReportScope): Promise<OverviewReport> {
    return await inTransaction(this.pool, async (client) => {
      await client.query('set transaction isolation level repeatable read, read only');
      return {
        kind: 'overview',
        scope,
        journey: await readJourney(client, scope),
        emails: await readEmails(client, scope),
        revenue: await readRevenue(client, scope),
        campaign: await readCampaign(client, scope),
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

  /** The customer with this id or address. */
  async customer(idOrEmail: string, scope: ReportScope): Promise<CustomerReport> {
    return await readCustomer(this.pool, idOrEmail, scope);
  }

  /** What would be replayed, and a token with which to say that it shall be. */
  async askToReplay(
    question: ReplayQuestion,
    scope: ReportScope,
    now: Date = new Date(),
  ): Promise<ReplayReport> {
    return await this.replayReport(question, scope, now, null);
  }

  /** Lets dead deliveries be worked on again, if the token was given out for this very question less than an hour ago. */
  async replay(
    question: ReplayQuestion,
    token: string,
    scope: ReportScope,
    now: Date = new Date(),
  ): Promise<ReplayReport> {
    if (!(await isReplayToken(this.key, token, question, now))) {
      return await this.replayReport(question, scope, now, 'refused');
    }
    const replayed = await this.deliveries.replay(filterOf(question));
    return await this.replayReport(question, scope, now, { replayed });
  }

  private async replayReport(
    question: ReplayQuestion,
    scope: ReportScope,
    now: Date,
    answer: ReplayReport['answer'],
  ): Promise<ReplayReport> {
    const dead = await readDead(this.pool, question);
    const token = await replayToken(this.key, question, now);
    return { kind: 'replay', scope, question, ...dead, token, answer };
  }
}

function filterOf(question: ReplayQuestion): DeliveryFilter {
  const states = ['dead'] as const;
  if (question.which === 'one') return { states, ids: [question.delivery] };
  const { handler: handlerId, type } = question;
  return { states, handlerId, ...(type !== null && { eventType: type }) };
}
