import { badge, count, text, time, words, type Tone } from '../cells';
import { markup, plain, theirs } from '../html';
import type { Links } from '../links';
import { SOURCE_NAMES } from '../names';
import { counted, percent } from '../numbers';
import type { LimitReport, MachineReport, SyncReport } from '../report';
import type { Cell, Table } from '../table';
import { age, dateText, moment, momentText } from '../times';

export function handlersTable({ handlers }: MachineReport, now: string, links: Links): Table {
  return {
    name: 'machine-handlers',
    caption: 'Workflows that work on events',
    columns: [
      { title: 'Workflow' },
      { title: 'State' },
      { title: 'Events in the period', isNumeric: true },
      { title: 'Waiting', isNumeric: true },
      { title: 'The oldest waits for', isNumeric: true },
      { title: 'Worked on now', isNumeric: true },
      { title: 'To be tried again', isNumeric: true },
      { title: 'Dead', isNumeric: true },
    ],
    rows: handlers.map(
      ({ id, name, published, events, waiting, leased, retried, dead, oldestWaitingAt }) =>
        () => [
          text(name),
          published ? badge('published', 'good') : badge('not published', 'warn'),
          count(events, links.list('deliveries', { handler: id })),
          count(waiting, links.list('deliveries', { handler: id, state: 'waiting' })),
          since(oldestWaitingAt, now),
          count(leased, links.list('deliveries', { handler: id, state: 'leased' })),
          count(retried, links.list('deliveries', { handler: id, state: 'retried' })),
          count(dead, links.list('deliveries', { handler: id, state: 'dead' })),
        ],
    ),
  };
}

export function sourcesTable({ sources }: MachineReport, now: string, links: Links): Table {
  return {
    name: 'machine-sources',
    caption: 'Events by source',
    columns: [
      { title: 'Source' },
      { title: 'Events in the period', isNumeric: true },
      { title: 'Last received' },
      { title: 'Ago', isNumeric: true, only: 'page' },
    ],
    rows: sources.map(({ source, events, lastReceivedAt }) => () => [
      words(SOURCE_NAMES[source]),
      count(events, links.list('events', { source })),
      time(lastReceivedAt),
      since(lastReceivedAt, now),
    ]),
  };
}

export function eventsTable({ hours, bucket }: MachineReport, links: Links): Table {
  return {
    name: 'machine-events',
    caption: `Events by ${bucket} and source`,
    columns: [
      { title: bucket === 'hour' ? 'Hour' : 'Day' },
      { title: 'Source' },
      { title: 'Events', isNumeric: true },
    ],
    rows: [...hours]
      .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
      .map(({ at, source, events }) => () => [
        { shown: bucket === 'hour' ? momentText(at) : dateText(at), value: at },
        words(SOURCE_NAMES[source]),
        count(
          events,
          links.list('events', { source, ...(bucket === 'hour' ? { hour: at } : { day: at.slice(0, 10) }) }),
        ),
      ]),
  };
}

const SYNC_TONES: Readonly<Record<SyncReport['state'], Tone>> = {
  done: 'good',
  running: 'plain',
  failed: 'bad',
};

export function syncsTable({ syncs }: MachineReport, now: string, links: Links): Table {
  return {
    name: 'machine-syncs',
    caption: 'The newest run of each sync',
    columns: [
      { title: 'Sync' },
      { title: 'State' },
      { title: 'Begun' },
      { title: 'Took', isNumeric: true },
      { title: 'Counts' },
      { title: 'Error' },
    ],
    rows: syncs.map(({ name, state, startedAt, finishedAt, counts, lastFailure }) => {
      const took = age(startedAt, finishedAt ?? now);
      return () => [
        text(name, links.list('sync-runs', { name })),
        badge(state, SYNC_TONES[state]),
        time(startedAt),
        words(finishedAt === null ? `${took} so far` : took),
        text(
          Object.entries(counts)
            .map(([what, howMany]) => `${what} ${counted(howMany)}`)
            .join(', ') || null,
        ),
        lastFailure === null
          ? text(null)
          : { shown: markup`<span class="error">${theirs(lastFailure)}</span>`, value: lastFailure },
      ];
    }),
  };
}

/** From this share on a limit is about to be reached. */
export const NEARLY_USED_UP = 0.9;

export function limitsTable({ limits }: MachineReport): Table {
  return {
    name: 'machine-limits',
    caption: 'Limits of the services, and what is used of them',
    columns: [
      { title: 'Service' },
      { title: 'Limit' },
      { title: 'Used', isNumeric: true },
      { title: 'Of', isNumeric: true },
      { title: 'Share', only: 'page' },
      { title: 'Note' },
    ],
    rows: limits.map((limit) => () => [
      text(limit.service),
      text(limit.limit),
      count(limit.used),
      count(limit.of),
      share(limit),
      text(limit.note),
    ]),
  };
}

function share({ service, limit, used, of }: LimitReport): Cell {
  if (of === null || of <= 0) return text(null);
  return {
    shown: markup`<meter min="0" max="${of}" high="${of * NEARLY_USED_UP}" optimum="0" value="${used}" aria-label="${plain(service)}: ${plain(limit)}"></meter> ${percent(used / of)}`,
    value: null,
  };
}

export function versionsTable({ versions }: MachineReport): Table {
  return {
    name: 'machine-versions',
    caption: 'Versions',
    columns: [{ title: 'What' }, { title: 'Version' }],
    rows: versions.map(({ name, version }) => () => [text(name), text(version)]),
  };
}

/** How long ago, and when exactly. */
function since(iso: string | null, now: string): Cell {
  if (iso === null) return { shown: moment(null), value: null };
  return {
    shown: markup`<time datetime="${iso}" title="${momentText(iso)}">${age(iso, now)}</time>`,
    value: iso,
  };
}
