import type { IDataObject } from 'n8n-workflow';
import { PRODUCT } from '../../../services/http';
import type { DeadDeliveries, OverviewReport, ReplayQuestion, Store } from '../../../store';
import { eventTypeNamed } from '../../shared/event-types';
import type { ReportRequest } from './request';

/** Rows of a list on a page, and in a file. */
const ROWS = { html: 100, csv: 10_000 };

/** What a page shows, as items carry it: times as ISO 8601. */
export async function reportFor(store: Store, request: ReportRequest): Promise<IDataObject> {
  return withIsoTimesEverywhere(await read(store, request));
}

async function read(store: Store, { page, scope, format }: ReportRequest): Promise<object> {
  const { reports } = store;
  switch (page.kind) {
    case 'overview':
      return withOwnVersion(await reports.overview(scope));
    case 'list':
      return (
        (await reports.list(page.list, scope, page.filters, { after: page.after, limit: ROWS[format] })) ??
        notFound(`There is no list “${page.list}”.`)
      );
    case 'customer':
      return (
        (await reports.customer(page.idOrEmail, scope)) ??
        notFound(`Nothing is known of a customer “${page.idOrEmail}”.`)
      );
    case 'replay':
      return await replayReport(store, page.question);
  }
}

/** The store knows no version but its own surroundings'. */
function withOwnVersion(report: OverviewReport): OverviewReport {
  const { name, version } = PRODUCT;
  const versions = [{ name, version }, ...report.machine.versions];
  return { ...report, machine: { ...report.machine, versions } };
}

/**
 * Asks whether to work on dead events again.
 * @param refused whether that was answered before, by a form that does not count
 */
export async function replayReport(
  { reports }: Store,
  question: ReplayQuestion,
  { refused = false } = {},
): Promise<IDataObject> {
  const dead = await reports.deadOf(question);
  return {
    kind: 'replay',
    question: inWords(question, dead),
    deliveries: dead.deliveries,
    token: await reports.replayToken(question),
    fields: fieldsOf(question),
    refused,
  };
}

/** `Shall the workflow “VIP coupon” try the event “Checkout completed” again? It failed with this: Shopware: …` */
function inWords(question: ReplayQuestion, { deliveries, newest }: DeadDeliveries): string {
  if (newest === null) return '';
  const { handler, eventType, service, message } = newest;
  const title = `“${eventTypeNamed(eventType)?.title ?? eventType}”`;
  const ofOneType = question.which === 'one' || question.type !== null;
  const events =
    deliveries === 1 ? `the event ${title}` : `${deliveries} events${ofOneType ? ` ${title}` : ''}`;
  const reason = [service, message].filter((part) => part !== null).join(': ');
  const failure =
    reason === '' ? '' : ` ${deliveries === 1 ? 'It' : 'The newest'} failed with this: ${reason}`;
  return `Shall the workflow “${handler}” try ${events} again?${failure}`;
}

/** What the form sends back, from which the same question is read. */
function fieldsOf(question: ReplayQuestion): Record<string, string> {
  if (question.which === 'one') return { replay: 'one', delivery: question.delivery };
  return {
    replay: 'all',
    handler: question.handler,
    ...(question.type !== null && { type: question.type }),
  };
}

export function notFound(message: string): IDataObject {
  return { kind: 'notFound', message };
}

function withIsoTimesEverywhere(report: object): IDataObject {
  return JSON.parse(JSON.stringify(report)) as IDataObject;
}
