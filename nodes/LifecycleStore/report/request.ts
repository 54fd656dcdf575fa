import { z } from 'zod/v4';
import { periodUpTo, REPORT_PERIODS, TIERS, type ReplayQuestion, type ReportScope } from '../../../store';

/** What somebody wants to see. */
export interface ReportRequest {
  scope: ReportScope;
  page: RequestedPage;
  format: 'html' | 'csv';
  /** Of the overview, as a file; `null` for none. */
  table: string | null;
}

export type RequestedPage =
  | { kind: 'overview' }
  | { kind: 'list'; list: string; filters: Record<string, string>; after: string | null }
  | { kind: 'customer'; idOrEmail: string }
  | { kind: 'replay'; question: ReplayQuestion };

/** Of any other number of days than can be chosen. */
const DEFAULT_PERIOD = 30;

/** No id, address, name or cursor of ours is longer. */
const LONGEST = 500;
const MOST_PARAMETERS = 20;

/** A bigint above 0. */
const ID = /^[1-9]\d{0,17}$/;

/**
 * The query of a request, in which anything may stand. What makes no sense is as good as not given: a page that cannot be
 * told is the overview.
 */
export function readReportRequest(query: unknown, now: Date = new Date()): ReportRequest {
  const given = textsIn(query);
  const days = Number(given.period);
  const page = pageOf(given);
  return {
    scope: {
      period: periodUpTo(now, REPORT_PERIODS.find((each) => each === days) ?? DEFAULT_PERIOD),
      tier: TIERS.find((tier) => tier === given.tier) ?? null,
    },
    page,
    format: given.format === 'csv' && canBeFile(page, given) ? 'csv' : 'html',
    table: given.table ?? null,
  };
}

/** Which deliveries a request wants to be replayed; `undefined` when it does not say. */
export function readReplayQuestion(fields: unknown): ReplayQuestion | undefined {
  return questionIn(textsIn(fields));
}

/** The parameters that have exactly one value, which the store can take. */
function textsIn(query: unknown): Partial<Record<string, string>> {
  const { data } = z.record(z.string(), z.unknown()).safeParse(query);
  const texts = Object.entries(data ?? {}).flatMap(([name, value]) => {
    const text = typeof value === 'string' && value.length <= LONGEST ? value.trim() : '';
    return text === '' || text.includes('\0') ? [] : [[name, text] as const];
  });
  return Object.fromEntries(texts.slice(0, MOST_PARAMETERS));
}

function pageOf(given: Partial<Record<string, string>>): RequestedPage {
  const { customer, email, list, after } = given;
  const idOrEmail = customer ?? email;
  if (idOrEmail !== undefined) return { kind: 'customer', idOrEmail };
  if (list !== undefined) return { kind: 'list', list, filters: filtersIn(given), after: after ?? null };
  const question = questionIn(given);
  return question ? { kind: 'replay', question } : { kind: 'overview' };
}

/** The list itself knows which of them it can be filtered by. */
function filtersIn(given: Partial<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

function questionIn(given: Partial<Record<string, string>>): ReplayQuestion | undefined {
  const { replay, delivery, handler, type } = given;
  if (replay === 'one' && delivery !== undefined && ID.test(delivery)) return { which: 'one', delivery };
  if (replay === 'all' && handler !== undefined) return { which: 'all', handler, type: type ?? null };
  return undefined;
}

function canBeFile(page: RequestedPage, { table }: Partial<Record<string, string>>): boolean {
  return page.kind === 'list' || (page.kind === 'overview' && table !== undefined);
}
