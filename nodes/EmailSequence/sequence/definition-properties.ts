import type { INodeProperties } from 'n8n-workflow';
import { eventTypeOptions } from '../../shared/event-types';
import { stageOptions } from '../../shared/stage-options';
import { stepsProperty } from './step-properties';

/** Who gets which mails when, and what ends it, as the canvas shows it. */
export const definitionProperties: INodeProperties[] = [
  {
    displayName: 'Sequence',
    name: 'sequence',
    type: 'string',
    noDataExpression: true,
    required: true,
    default: '',
    placeholder: 'e.g. Welcome',
    description:
      'Its name, under which it is found and counted. A customer enters it once for a cause, whatever is edited in it.',
  },
  {
    displayName: 'Kind',
    name: 'kind',
    type: 'options',
    noDataExpression: true,
    default: 'marketing',
    options: [
      {
        name: 'Marketing',
        value: 'marketing',
        description: 'Carries an unsubscribe link, and counts towards the mails that somebody gets in a day',
      },
      {
        name: 'Transactional',
        value: 'transactional',
        description:
          'Belongs to something that the customer bought or asked for: a failed payment, the end of a trial',
      },
    ],
    description: 'Whether people can unsubscribe from it',
  },
  {
    displayName: 'Topic',
    name: 'topic',
    type: 'string',
    noDataExpression: true,
    default: '',
    placeholder: 'e.g. Tips and tricks',
    description:
      'What people see on the page where they choose what they get. Sequences with the same topic are chosen together; empty means they can only unsubscribe from everything.',
    displayOptions: { show: { kind: ['marketing'] } },
  },
  {
    displayName: 'Send To',
    name: 'audience',
    type: 'options',
    noDataExpression: true,
    default: 'consented',
    options: [
      {
        name: 'Everybody Who Has Not Unsubscribed',
        value: 'everybody',
        description: 'Where the law lets you write to customers without asking',
      },
      {
        name: 'Those Who Agreed to Marketing',
        value: 'consented',
        description: 'By the newest registration that says so, or on the preferences page',
      },
      {
        name: 'Those Who Confirmed It by E-Mail',
        value: 'confirmed',
        description: 'Double opt-in: by the link in a mail',
      },
    ],
    description: 'Who may get it. It is asked again before each mail.',
    displayOptions: { show: { kind: ['marketing'] } },
  },
  stepsProperty,
  {
    displayName: 'Ends On',
    name: 'endsOn',
    type: 'multiOptions',
    noDataExpression: true,
    default: [],
    options: eventTypeOptions,
    description:
      'Events of the customer after which no further mail is sent, for instance a paid invoice for reminders about a failed one',
  },
  {
    displayName: 'Only While the Stage Is',
    name: 'onlyWhile',
    type: 'multiOptions',
    noDataExpression: true,
    default: [],
    options: stageOptions,
    description:
      'A customer who moves to any other stage gets no further mail. None chosen means that the stage does not matter.',
  },
  {
    displayName: 'Quiet Hours',
    name: 'quietHours',
    type: 'boolean',
    noDataExpression: true,
    default: true,
    description: "Whether mails wait for the morning, in the customer's time zone",
  },
  {
    displayName: 'Quiet From',
    name: 'quietFrom',
    type: 'string',
    noDataExpression: true,
    default: '21:00',
    placeholder: 'e.g. 21:00',
    description: 'Hours and minutes, 00:00 to 23:59',
    displayOptions: { show: { quietHours: [true] } },
  },
  {
    displayName: 'Quiet Until',
    name: 'quietTo',
    type: 'string',
    noDataExpression: true,
    default: '08:00',
    placeholder: 'e.g. 08:00',
    description: 'Hours and minutes, 00:00 to 23:59',
    displayOptions: { show: { quietHours: [true] } },
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    options: [
      {
        displayName: 'From',
        name: 'from',
        type: 'string',
        noDataExpression: true,
        default: '',
        placeholder: 'e.g. Ada <ada@example.com>',
        description: 'Sender of the mails; empty means the default sender of the credential of Resend',
      },
      {
        displayName: 'Preferences Page',
        name: 'preferencesPage',
        type: 'string',
        noDataExpression: true,
        default: '',
        placeholder: 'e.g. https://n8n.example.com/webhook/email-preferences',
        description:
          'Address of the page of the workflow "Email preferences", for the links in the mails; empty means that of this n8n',
      },
      {
        displayName: 'Reply To',
        name: 'replyTo',
        type: 'string',
        noDataExpression: true,
        default: '',
        placeholder: 'e.g. support@example.com',
        description: 'Where answers go; empty means to the sender',
      },
      {
        displayName: 'Time Zone Name or ID',
        name: 'timeZone',
        type: 'options',
        typeOptions: { loadOptionsMethod: 'getTimeZones' },
        default: 'UTC',
        description:
          'Of customers whose own is not known. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
      },
    ],
  },
];
