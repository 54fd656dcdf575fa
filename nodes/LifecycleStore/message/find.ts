import type { INodePropertyOptions } from 'n8n-workflow';
import type { MessageState } from '../../../store';
import { chosen, limitProperty, listForEach } from '../listing';
import { showOnlyFor, type Operation } from '../operation';

const states: INodePropertyOptions[] = [
  { name: 'Dropped', value: 'dropped', description: 'Not to be sent any more, for the reason given' },
  { name: 'Failed', value: 'failed', description: 'Refused for good' },
  { name: 'Held', value: 'held', description: 'Comes after a mail that waits for something' },
  { name: 'Planned', value: 'planned', description: 'Due at a time' },
  { name: 'Sending', value: 'sending', description: 'Under way, or to be tried again as it is' },
  { name: 'Sent', value: 'sent' },
  { name: 'Unknown', value: 'unknown', description: 'Nobody knows whether it was sent' },
  { name: 'Waiting', value: 'waiting', description: 'For an event' },
];

export const find: Operation = {
  properties: showOnlyFor('message', 'find', [
    {
      displayName: 'Email',
      name: 'email',
      type: 'string',
      default: '',
      placeholder: 'name@email.com',
      description: 'Address of the customer, upper and lower case alike; empty means all',
    },
    {
      displayName: 'Sequence Name or ID',
      name: 'sequence',
      type: 'options',
      typeOptions: { loadOptionsMethod: 'getSequences' },
      default: '',
      description:
        'Mails of which sequence. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    },
    {
      displayName: 'States',
      name: 'states',
      type: 'multiOptions',
      options: states,
      default: [],
      description: 'What has become of them; none chosen means all',
    },
    limitProperty,
  ]),

  execute: (context, store) =>
    listForEach(context, async (index, limit) => {
      const email = String(context.getNodeParameter('email', index, '')).trim();
      const sequence = String(context.getNodeParameter('sequence', index, '')).trim();
      return await store.messages.find(
        {
          ...(email !== '' && { email }),
          ...(sequence !== '' && { sequence }),
          states: chosen<MessageState>(context, 'states', index),
        },
        limit,
      );
    }),
};
