import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import pLimit from 'p-limit';
import { asError } from '../../../services/http';
import { sendMail, type Mail } from '../../../services/resend';
import { causeOf } from '../../shared/cause';
import { CONCURRENCY, type ItemResult } from '../../shared/process-items';
import type { ResendAccount } from '../../shared/resend';
import { whenItFails } from '../../shared/when-it-fails';
import { attachmentsOf } from './attachments';
import { contentOf, contentParameters, isResendTemplate } from './content';
import { FROM, TO, headersOf, recipientsIn, senderOf, tagValues, tagsIn } from './envelope';
import { urlIn } from './fields';
import { resultOf } from './result';
import { scheduledAtOf } from './scheduled-at';
import { orUnsent } from './unsent';

export const option: INodePropertyOptions = {
  name: 'Send',
  value: 'send',
  action: 'Send an e mail',
  description: 'Send one e-mail for each item, once for each cause',
};

const CC = { name: 'options.cc', displayName: 'Cc' };
const BCC = { name: 'options.bcc', displayName: 'Bcc' };
const REPLY_TO = { name: 'options.replyTo', displayName: 'Reply-To' };
const ATTACHMENTS = { name: 'options.attachments', displayName: 'Attachments' };
const SCHEDULED_AT = { name: 'options.scheduledAt', displayName: 'Scheduled At' };
const TAGS = { name: 'options.tags.tag', displayName: 'Tags' };
const HEADERS = { name: 'options.headers.header', displayName: 'Headers' };
const UNSUBSCRIBE = { name: 'options.unsubscribeUrl', displayName: 'List-Unsubscribe URL' };
const PREFERENCES = { name: 'options.preferencesUrl', displayName: 'Preferences URL' };

const showOnlyForSend: IDisplayOptions = { show: { resource: ['email'], operation: ['send'] } };

const from: INodeProperties = {
  ...FROM,
  type: 'string',
  default: '',
  placeholder: 'e.g. Ada of Example <ada@example.com>',
  description:
    'The sender. Its domain has to be verified in Resend. Empty: the default sender of the credential.',
};

export const description: INodeProperties[] = [
  {
    ...from,
    displayOptions: { show: { ...showOnlyForSend.show, content: ['liquid', 'html'] } },
  },
  {
    ...from,
    description: "The sender. Its domain has to be verified in Resend. Empty: the template's own.",
    displayOptions: { show: { ...showOnlyForSend.show, content: ['resendTemplate'] } },
  },
  {
    ...TO,
    type: 'string',
    required: true,
    default: '={{ $json.customer.email }}',
    placeholder: 'e.g. ada@example.com',
    description: 'Up to 50 addresses, with commas between; each of them sees the others',
    displayOptions: showOnlyForSend,
  },
  ...contentParameters(
    showOnlyForSend,
    {
      subject: '',
      preheader: '',
      body: '',
      customer: '={{ $json.customer }}',
      data: '={{ $json.event.payload }}',
      sentAt: '={{ $json.event.occurredAt }}',
      timeZone: 'UTC',
    },
    true,
  ),
  {
    displayName: 'Cause',
    name: 'cause',
    type: 'string',
    required: true,
    default: '={{ $json.event.source }}:{{ $json.event.externalId }}',
    placeholder: 'e.g. stripe:evt_1a2b3c',
    description:
      'What this e-mail is for. For the same cause Resend takes it from this node once within 24 hours, however often the workflow runs. Preset: the event.',
    displayOptions: showOnlyForSend,
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    options: [
      {
        displayName: ATTACHMENTS.displayName,
        name: 'attachments',
        type: 'string',
        default: '',
        placeholder: 'e.g. invoice, terms',
        description: 'Names of binary fields of the item, with commas between; up to 40 MB in all',
      },
      {
        displayName: BCC.displayName,
        name: 'bcc',
        type: 'string',
        default: '',
        placeholder: 'e.g. archive@example.com',
        description: 'Who gets the e-mail unseen by the others',
      },
      {
        displayName: CC.displayName,
        name: 'cc',
        type: 'string',
        default: '',
        placeholder: 'e.g. team@example.com',
        description: 'Who gets the e-mail besides',
      },
      {
        displayName: HEADERS.displayName,
        name: 'headers',
        type: 'fixedCollection',
        typeOptions: { multipleValues: true },
        placeholder: 'Add Header',
        default: {},
        options: [
          {
            displayName: 'Header',
            name: 'header',
            values: [
              {
                displayName: 'Name',
                name: 'name',
                type: 'string',
                default: '',
                placeholder: 'e.g. X-Entity-Ref-ID',
              },
              { displayName: 'Value', name: 'value', type: 'string', default: '' },
            ],
          },
        ],
      },
      {
        displayName: UNSUBSCRIBE.displayName,
        name: 'unsubscribeUrl',
        type: 'string',
        default: '',
        placeholder: 'e.g. https://example.com/unsubscribe?for=…',
        description:
          'Adds the headers that mailboxes make an unsubscribe button of. The address has to take a POST. In a Liquid template it is links.unsubscribe.',
      },
      {
        displayName: PREFERENCES.displayName,
        name: 'preferencesUrl',
        type: 'string',
        default: '',
        placeholder: 'e.g. https://example.com/preferences?for=…',
        description: 'In a Liquid template links.preferences',
      },
      {
        displayName: REPLY_TO.displayName,
        name: 'replyTo',
        type: 'string',
        default: '',
        placeholder: 'e.g. support@example.com',
        description: 'Where answers go',
      },
      {
        displayName: SCHEDULED_AT.displayName,
        name: 'scheduledAt',
        type: 'dateTime',
        default: '',
        description: 'When Resend sends it, up to 30 days ahead. Empty: at once.',
      },
      {
        displayName: TAGS.displayName,
        name: 'tags',
        type: 'fixedCollection',
        typeOptions: { multipleValues: true },
        placeholder: 'Add Tag',
        default: {},
        description: "Come back in Resend's webhooks; letters, digits, underscores and hyphens",
        options: [{ displayName: 'Tag', name: 'tag', values: tagValues }],
      },
    ],
    displayOptions: showOnlyForSend,
  },
  { ...whenItFails, displayOptions: showOnlyForSend },
];

interface Request {
  mail: Mail;
  /** Tells what two nodes send for one cause apart. */
  key: string;
}

/** Adds `mail` to each item; each mail is a call of its own. */
export async function execute(
  context: IExecuteFunctions,
  { api, defaultSender }: ResendAccount,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const limit = pLimit(CONCURRENCY);
  return await Promise.all(
    indexes.map((index) =>
      limit(async () => {
        const request = await orUnsent(() => requestOf(context, defaultSender, index));
        if (request instanceof Error) return request;
        return resultOf(request.mail, await sendMail(api, request.mail, request.key));
      }).catch(asError),
    ),
  );
}

async function requestOf(context: IExecuteFunctions, defaultSender: string, index: number): Promise<Request> {
  const key = `${context.getNode().id}:${causeOf(context, index)}`;
  const to = recipientsIn(context, TO, index);
  const unsubscribeUrl = urlIn(context, UNSUBSCRIBE, index);
  const links = {
    unsubscribe: unsubscribeUrl ?? null,
    preferences: urlIn(context, PREFERENCES, index) ?? null,
  };
  const mail = {
    from: senderOf(context, index, { defaultSender, isTemplates: isResendTemplate(context, index) }),
    to,
    cc: recipientsIn(context, CC, index),
    bcc: recipientsIn(context, BCC, index),
    replyTo: recipientsIn(context, REPLY_TO, index),
    ...contentOf(context, index, to[0] ?? '', links),
    headers: headersOf(context, index, HEADERS, unsubscribeUrl),
    tags: tagsIn(context, index, TAGS),
    scheduledAt: scheduledAtOf(context, index, SCHEDULED_AT),
    attachments: await attachmentsOf(context, index, ATTACHMENTS),
  };
  return { mail, key };
}
