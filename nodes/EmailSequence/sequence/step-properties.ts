import type { INodeProperties } from 'n8n-workflow';
import { eventTypeOptions } from '../../shared/event-types';

const BODY_HINT =
  'Markdown, with Liquid for what differs: {{ customer.firstName | default: "there" }}, {{ data.amount }}, {% if customer.tier == "pro" %}…{% endif %}';

/** What a mail says. Without expressions: `{{ … }}` is the template's own. */
const subject: INodeProperties = {
  displayName: 'Subject',
  name: 'subject',
  type: 'string',
  noDataExpression: true,
  default: '',
  placeholder: 'e.g. Welcome, {{ customer.firstName | default: "and hello" }}',
  description: 'With Liquid, as in the body',
};
const preheader: INodeProperties = {
  displayName: 'Preheader',
  name: 'preheader',
  type: 'string',
  noDataExpression: true,
  default: '',
  placeholder: 'e.g. Three things to begin with',
  description: 'What a mailbox shows after the subject',
};
const body: INodeProperties = {
  displayName: 'Body',
  name: 'body',
  type: 'string',
  noDataExpression: true,
  typeOptions: { rows: 12 },
  default: '',
  placeholder: 'Hello {{ customer.firstName | default: "there" }},',
  description: BODY_HINT,
};

// By themselves, since n8n's lint would have those of a list by the alphabet.
const name: INodeProperties = {
  displayName: 'Name',
  name: 'name',
  type: 'string',
  noDataExpression: true,
  default: '',
  placeholder: 'e.g. First tip',
  description: 'Unique in the sequence; by it the mail is found and counted',
};
const delay: INodeProperties = {
  displayName: 'Delay',
  name: 'delay',
  type: 'number',
  noDataExpression: true,
  default: 0,
  description:
    'How long after the mail before, or after the start. Below 0 in the first mail: before the moment that the sequence is counted from.',
};
const unit: INodeProperties = {
  displayName: 'Unit',
  name: 'unit',
  type: 'options',
  noDataExpression: true,
  default: 'days',
  options: [
    { name: 'Minutes', value: 'minutes' },
    { name: 'Hours', value: 'hours' },
    { name: 'Days', value: 'days' },
    { name: 'Weeks', value: 'weeks' },
  ],
};
const timeOfDay: INodeProperties = {
  displayName: 'Time of Day',
  name: 'timeOfDay',
  type: 'string',
  noDataExpression: true,
  default: '',
  placeholder: 'e.g. 10:00',
  description: "In the customer's time zone; empty means whatever time it is then",
};
const weekdays: INodeProperties = {
  displayName: 'Weekday Names or IDs',
  name: 'weekdays',
  type: 'multiOptions',
  typeOptions: { loadOptionsMethod: 'getWeekdays' },
  default: [],
  description:
    'Days on which it may go out; none chosen means any. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};
const waitFor: INodeProperties = {
  displayName: 'Wait For',
  name: 'waitFor',
  type: 'multiOptions',
  noDataExpression: true,
  default: [],
  options: eventTypeOptions,
  description:
    'It goes out as soon as one of these happens, for at most as long as the delay says. None chosen means after the delay.',
};
const whenTimeIsUp: INodeProperties = {
  displayName: 'If It Does Not Happen',
  name: 'whenTimeIsUp',
  type: 'options',
  noDataExpression: true,
  default: 'skip',
  options: [
    { name: 'End the Sequence', value: 'end' },
    { name: 'Send Another Text', value: 'sendOther' },
    { name: 'Send It All the Same', value: 'send' },
    { name: 'Skip This Mail', value: 'skip' },
  ],
  description: 'What happens when the mail waits for something, and its time is up',
};
const variants: INodeProperties = {
  displayName: 'Other Texts to Compare',
  name: 'variants',
  type: 'fixedCollection',
  typeOptions: { multipleValues: true },
  placeholder: 'Add Text',
  default: {},
  description: 'Customers get one of them or the text above, always the same one. What is empty is as above.',
  options: [
    {
      displayName: 'Text',
      name: 'variant',
      values: [
        {
          displayName: 'Name',
          name: 'name',
          type: 'string',
          noDataExpression: true,
          default: '',
          placeholder: 'e.g. Short subject',
        },
        {
          displayName: 'Weight',
          name: 'weight',
          type: 'number',
          noDataExpression: true,
          typeOptions: { minValue: 1 },
          default: 1,
          description: 'How many customers get it, for each one who gets the text above',
        },
        subject,
        preheader,
        body,
      ],
    },
  ],
};
const other: INodeProperties = {
  displayName: 'Another Text',
  name: 'other',
  type: 'fixedCollection',
  placeholder: 'Add Text',
  default: {},
  description: 'For when it does not happen. What is empty is as above.',
  options: [{ displayName: 'Text', name: 'text', values: [subject, preheader, body] }],
  displayOptions: { show: { whenTimeIsUp: ['sendOther'] } },
};

export const stepsProperty: INodeProperties = {
  displayName: 'Mails',
  name: 'steps',
  type: 'fixedCollection',
  typeOptions: { multipleValues: true, sortable: true },
  placeholder: 'Add Mail',
  default: {},
  description: 'In the order in which they go out. What you edit holds for those who enter from then on.',
  options: [
    {
      displayName: 'Mail',
      name: 'step',
      values: [
        name,
        delay,
        unit,
        timeOfDay,
        weekdays,
        waitFor,
        whenTimeIsUp,
        subject,
        preheader,
        body,
        variants,
        other,
      ],
    },
  ],
};
