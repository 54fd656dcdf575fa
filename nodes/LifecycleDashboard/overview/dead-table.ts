import { count, text, time } from '../cells';
import { errorText } from '../error-text';
import { eventTitle } from '../event-title';
import { markup, theirs } from '../html';
import type { Links } from '../links';
import type { MachineReport } from '../report';
import type { Table } from '../table';

/** What was given up, by workflow and kind of event, with its newest error and the ways to have it tried again. */
export function deadTable({ dead }: MachineReport, links: Links): Table {
  return {
    name: 'machine-dead',
    caption: 'Dead events, by workflow and kind',
    columns: [
      { title: 'Workflow' },
      { title: 'Kind of event' },
      { title: 'Dead', isNumeric: true },
      { title: 'Newest error' },
      { title: 'At' },
      { title: 'Try again', only: 'page' },
    ],
    rows: dead.map(({ handlerId, handler, eventType, deliveries, newest }) => {
      const error = errorText(newest.service ?? '', newest.message);
      return () => [
        text(handler),
        { shown: markup`${eventTitle(eventType)}<br><small>${theirs(eventType)}</small>`, value: eventType },
        count(deliveries, links.list('deliveries', { handler: handlerId, state: 'dead', type: eventType })),
        {
          shown: markup`<span class="error">${theirs(error)}</span>`,
          value: error,
        },
        time(newest.at),
        {
          shown: markup`<a href="${links.replayOne(newest.id)}">The newest<span class="unseen"> of ${handler}, ${eventType}</span></a><br><a href="${links.replayAll(handlerId, eventType)}">All of this kind<span class="unseen">: ${handler}, ${eventType}</span></a>`,
          value: null,
        },
      ];
    }),
  };
}
