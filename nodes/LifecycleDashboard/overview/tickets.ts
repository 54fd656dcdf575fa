import { count, text } from '../cells';
import { emptyState, figures } from '../figures';
import { markup, NOTHING, type Content, type Html } from '../html';
import type { Links } from '../links';
import { counted, duration } from '../numbers';
import type { OverviewReport } from '../report';
import { tableHtml, type Cell, type Table } from '../table';
import { sectionHtml, type Section } from './section';

/** How support in Discord goes. */
export const ticketSection: Section = {
  id: 'tickets',
  title: 'Tickets',
  render: (report, links) => Promise.resolve(render(report, links)),
  tables,
};

const MINUTE = 60;
const HOUR = 3_600;

function render(report: OverviewReport, links: Links): Html {
  const { open, byCategory, medianFirstAnswerMinutes, medianResolutionHours } = report.tickets;
  if (byCategory.length === 0) {
    return sectionHtml(
      ticketSection,
      emptyState(
        'No ticket in this period. Members open them with the button that “Ticket panel” publishes in Discord, while “Support tickets” is published.',
      ),
    );
  }
  const sumOf = (key: 'opened' | 'closed'): number => byCategory.reduce((sum, each) => sum + each[key], 0);
  const behind = (state: 'open' | 'opened' | 'closed', value: number): string | undefined =>
    value > 0 ? links.list('tickets', { state }) : undefined;
  const [opened, closed] = [sumOf('opened'), sumOf('closed')];
  const overview = figures([
    { label: 'Open now', value: counted(open), href: behind('open', open) },
    { label: 'Opened', value: counted(opened), href: behind('opened', opened) },
    { label: 'Closed', value: counted(closed), href: behind('closed', closed) },
    {
      label: 'First answer after',
      value: shown(medianFirstAnswerMinutes, MINUTE),
      note: 'median, of those opened',
    },
    { label: 'Closed after', value: shown(medianResolutionHours, HOUR), note: 'median, of those closed' },
  ]);
  const detail = tables(report, links)
    .filter(({ rows }) => rows.length > 0)
    .map((table) => tableHtml(table, { file: links.csv(table.name) }));
  return sectionHtml(ticketSection, markup`${overview}${detail}`);
}

function tables({ tickets: { byCategory, staff } }: OverviewReport, links: Links): Table[] {
  return [
    {
      name: 'tickets-by-category',
      caption: 'Tickets by category',
      columns: [
        { title: 'Category' },
        { title: 'Open now', isNumeric: true },
        { title: 'Opened', isNumeric: true },
        { title: 'Closed', isNumeric: true },
      ],
      rows: byCategory.map(({ category, open, opened, closed }) => () => [
        text(category),
        count(open, links.list('tickets', { state: 'open', category })),
        count(opened, links.list('tickets', { state: 'opened', category })),
        count(closed, links.list('tickets', { state: 'closed', category })),
      ]),
    },
    {
      name: 'tickets-by-staff',
      caption: 'Tickets by who works on them',
      columns: [
        { title: 'Assigned to' },
        { title: 'Open now', isNumeric: true },
        { title: 'Closed', isNumeric: true },
        { title: 'First answer after (median, minutes)', isNumeric: true },
      ],
      rows: staff.map(({ name, open, closed, medianFirstAnswerMinutes }) => () => [
        text(name),
        count(open, links.list('tickets', { state: 'open', staff: name })),
        count(closed, links.list('tickets', { state: 'closed', staff: name })),
        minutes(medianFirstAnswerMinutes),
      ]),
    },
  ];
}

function minutes(median: number | null): Cell {
  return { shown: shown(median, MINUTE), value: median };
}

/** @param seconds that one of it has */
function shown(median: number | null, seconds: number): Content {
  return median === null ? NOTHING : duration(median * seconds);
}
