import type { Tier } from '../../store';
import type { ReportScope } from './report';

/** The lists of rows behind figures, and what each can be filtered by. */
export const LISTS = {
  campaign: ['kind', 'day'],
  customers: ['stage', 'tier', 'q'],
  deliveries: ['handler', 'state', 'type'],
  entries: ['sequence', 'state'],
  events: ['source', 'type', 'hour', 'day'],
  messages: ['sequence', 'step', 'variant', 'state', 'reason', 'day'],
  payments: ['currency', 'kind'],
  revenue: ['currency', 'kind', 'day'],
  'stage-changes': ['from', 'to', 'stage', 'how', 'day'],
  subscriptions: ['currency', 'state'],
  suppressions: ['reason'],
  'sync-runs': ['name'],
  tickets: ['state', 'category', 'staff'],
} as const;
export type ListName = keyof typeof LISTS;
export type ListFilters<Name extends ListName> = Partial<
  Record<(typeof LISTS)[Name][number], string | number>
>;

/** Addresses of pages, relative to the one that is shown, for its period and tier. */
export class Links {
  private readonly days: number;
  private readonly tier: Tier | null;

  constructor({ period, tier }: ReportScope) {
    this.days = period.days;
    this.tier = tier;
  }

  overview(section?: string): string {
    return this.address({}, section);
  }

  /** A table of the overview. */
  csv(table: string): string {
    return this.address({ table, format: 'csv' });
  }

  list<Name extends ListName>(list: Name, filters: ListFilters<Name>): string {
    return this.address({ list, ...filters });
  }

  /** As a list itself tells what it is; also from a cursor on, or as a file. */
  sameList(
    list: string,
    filters: Readonly<Record<string, string>>,
    further: { after?: string; format?: 'csv' } = {},
  ): string {
    return this.address({ ...filters, list, ...further });
  }

  customer(customer: { id: string } | { email: string }): string {
    return this.address('id' in customer ? { customer: customer.id } : { email: customer.email });
  }

  /** A customer's timeline as a file. */
  customerFile(customer: { id: string } | { email: string }): string {
    return `${this.customer(customer)}&format=csv`;
  }

  /** The page that asks whether to work on one delivery again. */
  replayOne(delivery: string): string {
    return this.address({ replay: 'one', delivery });
  }

  /** The page that asks whether to work again on all that is dead of a handler and a type. */
  replayAll(handler: string, type: string): string {
    return this.address({ replay: 'all', handler, type });
  }

  private address(parameters: Readonly<Record<string, string | number>>, section?: string): string {
    const query = new URLSearchParams({ period: String(this.days) });
    if (this.tier !== null) query.set('tier', this.tier);
    for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
    return `?${query.toString()}${section === undefined ? '' : `#${section}`}`;
  }
}
