import { amount, count, text, time, words } from './cells';
import { emptyState } from './figures';
import { markup, plain, theirs, type Html } from './html';
import { Links } from './links';
import { countOf } from './numbers';
import { page, type Rendered } from './page';
import type { ListColumn, ListReport } from './report';
import { tableHtml, type Cell, type Table } from './table';
import { date, moment } from './times';

type Row = ListReport['rows'][number];

/** The rows behind a figure, page by page. */
export function listPage(report: ListReport): Rendered {
  const { scope, list, filters, title, rows, after } = report;
  const links = new Links(scope);
  const table = listTable(report);
  const body =
    rows.length === 0
      ? emptyState(
          markup`Nothing here for this period and these filters. Choose a longer period above, or <a href="${links.overview()}">go back to the overview</a>.`,
        )
      : tableHtml(table, {
          file: links.sameList(list, filters, { format: 'csv' }),
          hidesCaption: true,
        });
  const further =
    after !== null &&
    markup`<p class="pages">${countOf(rows.length, 'row')} here. <a class="button" rel="next" href="${links.sameList(list, filters, { after })}">Further rows</a></p>\n`;
  return page({
    title,
    lead: markup`From ${date(scope.period.from)} to ${moment(scope.period.until)}.`,
    scope,
    sameFor: (same) => same.sameList(list, filters),
    body: markup`<section class="card" aria-label="${plain(title)}">
${filterHtml(report, links)}${body}${further}</section>
`,
  });
}

export function listTable({ list, title, columns, rows, scope }: ListReport): Table {
  const links = new Links(scope);
  return {
    name: list,
    caption: plain(title),
    columns: columns.flatMap(({ title: heading, kind }): Table['columns'] => {
      const isNumeric = kind === 'number' || kind === 'money';
      if (kind === 'delivery') return [{ title: heading, only: 'page' }];
      const column = { title: heading, isNumeric };
      return kind === 'money' ? [column, { title: `${heading}: currency`, only: 'file' }] : [column];
    }),
    rows: rows.map((row) => () => columns.flatMap((column) => cellsOf(row, column, links))),
  };
}

function cellsOf(row: Row, { key, kind }: ListColumn, links: Links): Cell[] {
  const value = row[key] ?? null;
  switch (kind) {
    case 'text':
      return [text(textOf(value))];
    case 'time':
      return [time(textOf(value))];
    case 'number':
      return [count(numberOf(value))];
    case 'money': {
      const currency = textOf(row.currency ?? null) ?? '';
      return [amount(numberOf(value), currency), words(currency.toUpperCase())];
    }
    case 'customer':
      return [customerCell(textOf(value), textOf(row.customerId ?? null), links)];
    case 'delivery':
      return [deliveryCell(textOf(value), links)];
  }
}

/** Somebody of whom only an address is known has a page as well. */
function customerCell(email: string | null, id: string | null, links: Links): Cell {
  if (id !== null) return text(email ?? `Customer ${id}`, links.customer({ id }));
  return email === null ? text(null) : text(email, links.customer({ email }));
}

function deliveryCell(id: string | null, links: Links): Cell {
  if (id === null) return text(null);
  return {
    shown: markup`<a href="${links.replayOne(id)}">Try again<span class="unseen"> (delivery ${id})</span></a>`,
    value: null,
  };
}

function filterHtml({ filters, scope }: ListReport, links: Links): Html | false {
  const shown = Object.entries(filters).filter(([name]) => name !== 'tier');
  if (shown.length === 0 && scope.tier === null) return false;
  const words = shown.map(
    ([name, value], index) => markup`${index > 0 && ', '}${name}: <strong>${theirs(value)}</strong>`,
  );
  return markup`<p class="lead">${words.length > 0 && markup`Only ${words}. `}<a href="${links.overview()}">Back to the overview</a></p>\n`;
}

function textOf(value: string | number | null): string | null {
  return value === null ? null : String(value);
}

/** Of large numbers the database gives text. */
function numberOf(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}
