import { limitProperty, listForEach } from '../listing';
import { emailOf, emailProperty } from '../../shared/customer-email';
import { showOnlyFor, type Operation } from '../operation';
import { timelineRow } from './timeline-row';

export const timeline: Operation = {
  properties: showOnlyFor('customer', 'timeline', [emailProperty, limitProperty]),

  execute: (context, store) =>
    listForEach(context, async (index, limit) =>
      (await store.customers.timeline(emailOf(context, index), limit)).map(timelineRow),
    ),
};
