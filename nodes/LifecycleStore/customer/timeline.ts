import { limitProperty, listForEach } from '../listing';
import { showOnlyFor, type Operation } from '../operation';
import { emailOf, emailProperty } from './email';
import { timelineRow } from './timeline-row';

export const timeline: Operation = {
  properties: showOnlyFor('customer', 'timeline', [emailProperty, limitProperty]),

  execute: (context, store) =>
    listForEach(context, async (index, limit) =>
      (await store.customers.timeline(emailOf(context, index), limit)).map(timelineRow),
    ),
};
