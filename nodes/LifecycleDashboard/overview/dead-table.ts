import { count, text, time } from '../cells';
import { markup, theirs } from '../html';
import type { Links } from '../links';
import type { MachineReport } from '../report';
import type { Table } from '../table';
import { eventTitle } from '../event-title';

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
      const service = newest.service === null ? '' : `${newest.service}: `;
      return [
        text(handler),
        { shown: markup`${eventTitle(eventType)}<br><small>${theirs(eventType)}</small>`, value: eventType },
        count(deliveries, links.list('deliveries', { handler: handlerId, state: 'dead', type: eventType })),
        {
          shown: markup`<span class="error">${theirs(`${service}${newest.message}`)}</span>`,
          value: `${service}${newest.message}`,
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
