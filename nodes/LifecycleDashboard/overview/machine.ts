import { EVENT_SOURCES, type EventSource } from '../../../store';
import { bucketsOf, summed } from '../buckets';
import { chartHtml } from '../chart';
import { emptyState, figures, more, type Figure } from '../figures';
import { markup, NOTHING, type Html } from '../html';
import type { Links } from '../links';
import { SOURCE_NAMES } from '../names';
import { counted, countOf, duration } from '../numbers';
import type { MachineReport, OverviewReport, ReportPeriod } from '../report';
import { tableHtml, type Table, type TableOptions } from '../table';
import { age, clockText, hoursOf, shortDate } from '../times';
import { deadTable } from './dead-table';
import {
  eventsTable,
  handlersTable,
  limitsTable,
  sourcesTable,
  syncsTable,
  versionsTable,
} from './machine-tables';
import { sectionHtml, type Section } from './section';

/** Whether events come in and are worked on. */
export const machineSection: Section = { id: 'machine', title: 'Machine', render, tables };

async function render(report: OverviewReport, links: Links): Promise<Html> {
  const { machine, scope } = report;
  const now = scope.period.until;
  const part = (title: string, table: Table, none: string): Html =>
    markup`<h3>${title}</h3>
${table.rows.length === 0 ? emptyState(none) : tableHtml(table, withFile(table, links))}`;
  const content = markup`${scope.tier !== null && markup`<p class="lead">Of all tiers: events are worked on before anybody’s plan is known.</p>\n`}${figures(headline(machine, now, links))}${part(
    'Dead: given up, until somebody has them tried again',
    deadTable(machine, links),
    'Nothing is dead. What fails for good would stand here, with its error and a link to try it again.',
  )}${part(
    'Workflows that work on events',
    handlersTable(machine, now, links),
    'No workflow works on events yet. Publish one that begins with a Lifecycle Event Trigger, e.g. “User registered”.',
  )}<h3>Events that came in, by ${machine.bucket}</h3>
${await eventsChart(machine, scope.period)}${more(
    `The numbers, by source and by ${machine.bucket}`,
    [sourcesTable(machine, now, links), eventsTable(machine, links)].map((table) =>
      tableHtml(table, withFile(table, links, false)),
    ),
  )}${part(
    'Syncs',
    syncsTable(machine, now, links),
    'No sync has run yet. “Stripe daily sync” and “Reconcile missed” run by themselves once they are published.',
  )}${part('Limits of the services', limitsTable(machine), 'No limit of a service is in use.')}${part(
    'Versions',
    versionsTable(machine),
    'No version is known.',
  )}`;
  return sectionHtml(machineSection, content);
}

function withFile({ name }: Table, links: Links, hidesCaption = true): TableOptions {
  return { file: links.csv(name), hidesCaption };
}

function headline(machine: MachineReport, now: string, links: Links): Figure[] {
  const sum = (key: 'waiting' | 'leased' | 'retried' | 'dead'): number =>
    machine.handlers.reduce((total, handler) => total + handler[key], 0);
  const figureOf = (label: string, state: 'waiting' | 'leased' | 'retried' | 'dead'): Figure => ({
    label,
    value: counted(sum(state)),
    href: sum(state) > 0 ? links.list('deliveries', { state }) : undefined,
  });
  const { lag, oldestWaitingAt } = machine;
  const events = machine.sources.reduce((total, source) => total + source.events, 0);
  return [
    {
      label: 'Events',
      value: counted(events),
      href: events > 0 ? links.list('events', {}) : undefined,
      note: 'in the period',
    },
    {
      ...figureOf('Waiting', 'waiting'),
      note: oldestWaitingAt !== null && `the oldest for ${age(oldestWaitingAt, now)}`,
    },
    { ...figureOf('Worked on now', 'leased') },
    { ...figureOf('To be tried again', 'retried') },
    { ...figureOf('Dead', 'dead'), tone: sum('dead') > 0 ? 'bad' : undefined },
    {
      label: 'Time from receipt to done',
      value: lag.medianSeconds === null ? NOTHING : duration(lag.medianSeconds),
      note:
        lag.p95Seconds !== null &&
        `median; 95% within ${duration(lag.p95Seconds)}, of the newest ${counted(lag.deliveries)}`,
    },
  ];
}

function eventsChart({ hours, bucket }: MachineReport, period: ReportPeriod): Promise<Html> | Html {
  const total = hours.reduce((sum, { events }) => sum + events, 0);
  if (total === 0) {
    return emptyState(
      'No event came in during this period. See that “Intake” is published, and its addresses are known to the providers.',
    );
  }
  const sources = EVENT_SOURCES.filter((source) => hours.some((each) => each.source === source));
  const axis = bucket === 'hour' ? byHour(hours, period) : byDay(hours, period);
  return chartHtml({
    alternative: `${countOf(total, 'event')} by ${bucket} and source; the table below has the numbers.`,
    labels: axis.labels,
    series: sources.map((source) => ({
      name: SOURCE_NAMES[source],
      colour: EVENT_SOURCES.indexOf(source) + 1,
      type: 'bar',
      values: axis.values(source),
    })),
  });
}

interface Axis {
  labels: string[];
  values(source: EventSource): number[];
}

function byHour(hours: MachineReport['hours'], period: ReportPeriod): Axis {
  const axis = hoursOf(period);
  const label = period.days > 1 ? (hour: string) => `${shortDate(hour)}, ${clockText(hour)}` : clockText;
  return {
    labels: axis.map(label),
    values: (source) => {
      const events = new Map(
        hours.filter((each) => each.source === source).map((each) => [Date.parse(each.at), each.events]),
      );
      return axis.map((hour) => events.get(Date.parse(hour)) ?? 0);
    },
  };
}

function byDay(hours: MachineReport['hours'], period: ReportPeriod): Axis {
  const buckets = bucketsOf(period);
  const days = hours.map(({ at, source, events }) => ({ day: at.slice(0, 10), source, events }));
  return {
    labels: buckets.map(({ label }) => label),
    values: (source) =>
      summed(
        buckets,
        days.filter((each) => each.source === source),
        ({ events }) => events,
      ),
  };
}

function tables({ machine, scope }: OverviewReport, links: Links): Table[] {
  const now = scope.period.until;
  return [
    deadTable(machine, links),
    handlersTable(machine, now, links),
    sourcesTable(machine, now, links),
    eventsTable(machine, links),
    syncsTable(machine, now, links),
    limitsTable(machine),
    versionsTable(machine),
  ];
}
