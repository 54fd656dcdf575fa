import {
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
  type INodePropertyOptions,
} from 'n8n-workflow';
import pLimit from 'p-limit';
import { asError } from '../../../services/http';
import {
  findEmail,
  getContacts,
  MAUTIC,
  notPossible,
  reasonToSkip,
  sendOnce,
  type Contact,
  type EffectStore,
  type Email,
  type EmailReference,
  type MauticApi,
  type SendingRule,
  type SendOutcome,
  type WhenUnknown,
} from '../../../services/mautic';
import { causeOf, holderOf } from '../../shared/cause';
import { orError, requiredId, requiredText } from '../../shared/parameters';
import { CONCURRENCY, type ItemResult } from '../../shared/process-items';
import { emailLocator, emailReference } from '../email-locator';

export const option: INodePropertyOptions = {
  name: 'Send to Contact',
  value: 'sendToContact',
  action: 'Send an e mail to a contact',
  description: 'Send a template e-mail to one contact, once for each cause',
};

const showOnlyForSend: IDisplayOptions = { show: { resource: ['email'], operation: ['sendToContact'] } };

export const description: INodeProperties[] = [
  { ...emailLocator, displayOptions: showOnlyForSend },
  {
    displayName: 'Contact ID',
    name: 'contactId',
    type: 'string',
    required: true,
    default: '={{ $json.contact.id }}',
    placeholder: 'e.g. 47',
    description: 'ID of the contact in Mautic. Preset for items of the Mautic Audience node.',
    displayOptions: showOnlyForSend,
  },
  {
    displayName: 'Cause',
    name: 'cause',
    type: 'string',
    required: true,
    default: '={{ $json.event.source }}:{{ $json.checkout.id }}',
    placeholder: 'e.g. stripe:cs_live_a1b2c3',
    description:
      'What this e-mail is for. For the same cause it is sent only once, however often the workflow runs. Preset: the purchase, for items of the Stripe Billing node.',
    displayOptions: showOnlyForSend,
  },
  {
    displayName: 'Transactional',
    name: 'transactional',
    type: 'boolean',
    default: true,
    description:
      'Whether this e-mail belongs to something the contact bought or asked for. Transactional e-mails go out without a marketing opt-in; off, only contacts that opted in get it.',
    displayOptions: showOnlyForSend,
  },
  {
    displayName: 'Send to Unsubscribed Contacts',
    name: 'toUnsubscribed',
    type: 'boolean',
    default: true,
    description:
      'Whether contacts who unsubscribed from marketing get this transactional e-mail all the same. Addresses that bounced or were blocked by hand never do.',
    displayOptions: { show: { ...showOnlyForSend.show, transactional: [true] } },
  },
  {
    displayName: 'Opt-In Field Name or ID',
    name: 'optInField',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getOptInFields' },
    default: 'opt_in_confirmed',
    description:
      'Yes-or-no field that must be true for a contact to get this e-mail; an expression gives its alias. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: { show: { ...showOnlyForSend.show, transactional: [false] } },
  },
  {
    displayName: 'Tokens',
    name: 'tokens',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add Token',
    default: {},
    description: 'Values for the tokens of the e-mail that are not fields of the contact',
    options: [
      {
        displayName: 'Token',
        name: 'token',
        values: [
          {
            displayName: 'Name',
            name: 'name',
            type: 'string',
            default: '',
            placeholder: 'e.g. promo_code',
            description: 'As in the e-mail, with or without its braces',
          },
          {
            displayName: 'Value',
            name: 'value',
            type: 'string',
            default: '',
            description: 'Inserted as text, not as HTML',
          },
        ],
      },
    ],
    displayOptions: showOnlyForSend,
  },
  {
    displayName: 'When It Is Unknown Whether It Was Sent',
    name: 'whenUnknown',
    type: 'options',
    default: 'ask',
    options: [
      {
        name: 'Ask Mautic',
        value: 'ask',
        description: 'Look into its e-mail statistics, and send when it is not there',
      },
      { name: 'Do Not Send Again', value: 'doNotSend', description: 'It may not have been sent at all' },
      { name: 'Send Again', value: 'sendAgain', description: 'It may be sent twice' },
    ],
    description: 'What to do when a run was cut off while Mautic was sending: a crash, or no answer',
    displayOptions: showOnlyForSend,
  },
];

interface Request {
  contactId: number;
  reference: EmailReference;
  cause: string;
  by: string;
  rule: SendingRule;
  tokens: Record<string, string>;
  whenUnknown: WhenUnknown;
}

/** Adds `email` to each item. The contacts of all items are read together; each mail is a call of its own. */
export async function execute(
  context: IExecuteFunctions,
  api: MauticApi,
  effects: EffectStore,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const requests = indexes.map((index) => orError(() => requestOf(context, index)));
  const ids = requests.flatMap((request) => (request instanceof Error ? [] : request.contactId));
  const contacts = await getContacts(api, ids);
  const limit = pLimit(CONCURRENCY);
  return await Promise.all(
    requests.map((request) =>
      request instanceof Error
        ? request
        : limit(() => send(api, effects, request, contacts.get(request.contactId))).catch(asError),
    ),
  );
}

async function send(
  api: MauticApi,
  effects: EffectStore,
  { rule, reference, ...request }: Request,
  contact: Contact | undefined,
): Promise<ItemResult> {
  if (!contact) throw notPossible(`find the contact ${request.contactId} to send an e-mail to`);
  const email = await findEmail(api, reference);
  if (contact.email.trim() === '') {
    throw notPossible(`send the e-mail "${email.name}": the contact ${contact.id} has no e-mail address`);
  }
  const reason = reasonToSkip(contact, rule);
  if (reason !== undefined) return itemOf(email, { sent: false, reason });
  const mail = { ...request, contactId: contact.id, email, reference };
  return itemOf(email, await sendOnce(api, effects, mail));
}

function itemOf({ id, name }: Email, { sent, reason }: SendOutcome): ItemResult {
  const action = sent ? `e-mail "${name}" sent` : `e-mail "${name}" not sent: ${reason}`;
  return {
    json: { email: { id, name, sent, ...(reason !== undefined && { reason }) } },
    outcomes: [{ service: MAUTIC, action, id: String(id) }],
  };
}

function requestOf(context: IExecuteFunctions, index: number): Request {
  const transactional = context.getNodeParameter('transactional', index) === true;
  return {
    contactId: requiredId(context, 'contactId', 'Contact ID', index),
    reference: emailReference(context, index),
    cause: causeOf(context, index),
    by: holderOf(context, index),
    rule: {
      transactional,
      toUnsubscribed: context.getNodeParameter('toUnsubscribed', index, true) === true,
      optInField: transactional ? '' : requiredText(context, 'optInField', 'Opt-In Field', index),
    },
    tokens: tokensOf(context, index),
    whenUnknown: context.getNodeParameter('whenUnknown', index) as WhenUnknown,
  };
}

/** What customers typed must not become markup in the mail. */
function tokensOf(context: IExecuteFunctions, index: number): Record<string, string> {
  const tokens = context.getNodeParameter('tokens.token', index, []) as Array<{
    name: string;
    value: unknown;
  }>;
  return Object.fromEntries(
    tokens
      .filter(({ name }) => name.trim() !== '')
      .map(({ name, value }) => [
        name.trim(),
        String(value ?? '')
          .replaceAll('<', '&lt;')
          .replaceAll('>', '&gt;'),
      ]),
  );
}
