import { setImmediate as turn } from 'node:timers/promises';
import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import pLimit from 'p-limit';
import { asError } from '../../../services/http';
import { LIMITS, ResendError, sendBatch, type Mail } from '../../../services/resend';
import { itemParameter } from '../../shared/item-parameter';
import { requiredText } from '../../shared/parameters';
import { CONCURRENCY, type ItemResult } from '../../shared/process-items';
import type { ResendAccount } from '../../shared/resend';
import { contentOf, contentParameters, isResendTemplate } from './content';
import { FROM, TO, headersOf, recipientsIn, safeTagsIn, senderOf, tagValues } from './envelope';
import { urlIn } from './fields';
import { resultOf } from './result';
import { orUnsent } from './unsent';

export const option: INodePropertyOptions = {
  name: 'Send Batch',
  value: 'sendBatch',
  action: 'Send e mails in batches',
  description:
    'Send the e-mails of all items, up to 100 in one call. Preset for the due messages of the Lifecycle Store.',
};

const BATCH_KEY = { name: 'batchKey', displayName: 'Batch Key' };
const REPLY_TO = { name: 'replyTo', displayName: 'Reply-To' };
const KIND = { name: 'kind', displayName: 'Kind' };
const UNSUBSCRIBE = { name: 'unsubscribeUrl', displayName: 'List-Unsubscribe URL' };
const PREFERENCES = { name: 'preferencesUrl', displayName: 'Preferences URL' };
const TAGS = { name: 'tags.tag', displayName: 'Tags' };
const HEADERS = { name: 'headers.header', displayName: 'Headers' };

/** What tells in Resend, and in its webhooks, which mail of which sequence it was. */
const presetTags = Object.entries({
  sequence: '={{ $json.message.sequence }}',
  step: '={{ $json.message.step }}',
  message: '={{ $json.message.id }}',
}).map(([name, value]) => ({ name, value }));

const showOnlyForBatch: IDisplayOptions = { show: { resource: ['email'], operation: ['sendBatch'] } };

export const description: INodeProperties[] = [
  {
    ...BATCH_KEY,
    type: 'string',
    required: true,
    default: '={{ $json.message.batchKey }}',
    placeholder: 'e.g. newsletter-2027-03-1',
    description:
      'Items with the same key go out in one call, in their order, 100 at most. For the same key Resend takes a batch once within 24 hours, however often the workflow runs.',
    displayOptions: showOnlyForBatch,
  },
  {
    ...FROM,
    type: 'string',
    default: '={{ $json.message.from }}',
    placeholder: 'e.g. Ada of Example <ada@example.com>',
    description:
      'The sender. Its domain has to be verified in Resend. Empty: the default sender of the credential.',
    displayOptions: showOnlyForBatch,
  },
  {
    ...TO,
    type: 'string',
    required: true,
    default: '={{ $json.message.to }}',
    placeholder: 'e.g. ada@example.com',
    displayOptions: showOnlyForBatch,
  },
  {
    ...REPLY_TO,
    type: 'string',
    default: '={{ $json.message.replyTo }}',
    placeholder: 'e.g. support@example.com',
    description: 'Where answers go',
    displayOptions: showOnlyForBatch,
  },
  ...contentParameters(
    showOnlyForBatch,
    {
      subject: '={{ $json.message.subject }}',
      preheader: '={{ $json.message.preheader }}',
      body: '={{ $json.message.body }}',
      customer: '={{ $json.message.customer }}',
      data: '={{ $json.message.data }}',
      sentAt: '={{ $json.message.sentAt }}',
      timeZone: '={{ $json.message.timeZone }}',
    },
    false,
  ),
  {
    ...KIND,
    type: 'options',
    default: '={{ $json.message.kind }}',
    options: [
      { name: 'Marketing', value: 'marketing', description: 'With the headers to unsubscribe' },
      {
        name: 'Transactional',
        value: 'transactional',
        description: 'For what somebody bought or asked for; without the headers to unsubscribe',
      },
    ],
    displayOptions: showOnlyForBatch,
  },
  {
    ...UNSUBSCRIBE,
    type: 'string',
    default: '={{ $json.message.unsubscribeUrl }}',
    placeholder: 'e.g. https://example.com/unsubscribe?for=…',
    description:
      'Of marketing e-mails, mailboxes make an unsubscribe button of it. The address has to take a POST. In a Liquid template it is links.unsubscribe.',
    displayOptions: showOnlyForBatch,
  },
  {
    ...PREFERENCES,
    type: 'string',
    default: '={{ $json.message.preferencesUrl }}',
    placeholder: 'e.g. https://example.com/preferences?for=…',
    description: 'In a Liquid template links.preferences',
    displayOptions: showOnlyForBatch,
  },
  {
    displayName: TAGS.displayName,
    name: 'tags',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add Tag',
    default: { tag: presetTags },
    description:
      "Come back in Resend's webhooks. What is no letter, digit, underscore or hyphen becomes an underscore.",
    options: [{ displayName: 'Tag', name: 'tag', values: tagValues }],
    displayOptions: showOnlyForBatch,
  },
];

/**
 * Adds `mail` to each item. Each batch is a call; within it the mails are in the order of their items, so that the same
 * items give the same bytes.
 */
export async function execute(
  context: IExecuteFunctions,
  account: ResendAccount,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const keys = await Promise.all(indexes.map((index) => orUnsent(() => batchKeyOf(context, index))));
  const results = new Map<number, ItemResult | Error>();
  const batches = new Map<string, number[]>();
  indexes.forEach((index, position) => {
    const key = keys[position];
    if (key instanceof Error) results.set(index, key);
    else if (key !== undefined) batches.set(key, [...(batches.get(key) ?? []), index]);
  });
  const limit = pLimit(CONCURRENCY);
  await Promise.all(
    [...batches].map(([key, batch]) =>
      limit(async () => {
        // Rendering takes its time; what is under way goes first.
        await turn();
        const sent = await sendTogether(context, account, key, batch).catch((error: unknown) =>
          batch.map(() => asError(error)),
        );
        batch.forEach((index, position) => {
          results.set(index, sent[position] ?? new Error('the e-mail was left out'));
        });
      }),
    ),
  );
  return indexes.map((index) => results.get(index) ?? new Error('the e-mail was left out'));
}

/** Sends the items of one batch; those that no mail can be made of are left out of it. */
async function sendTogether(
  context: IExecuteFunctions,
  { api, defaultSender }: ResendAccount,
  key: string,
  batch: readonly number[],
): Promise<Array<ItemResult | Error>> {
  if (batch.length > LIMITS.batch) throw tooMany(batch.length);
  const mails = await Promise.all(
    batch.map((index) => orUnsent(() => mailOf(context, defaultSender, index))),
  );
  const written = mails.filter((mail): mail is Mail => !(mail instanceof Error));
  if (written.length === 0) return mails.filter((mail) => mail instanceof Error);
  // What concerns the whole batch is no failure of those that were never in it.
  const sent = await sendBatch(api, written, key).catch((error: unknown) =>
    written.map(() => asError(error)),
  );
  let next = 0;
  return mails.map((mail) => {
    if (mail instanceof Error) return mail;
    const result = sent[next++] ?? new Error('the e-mail was left out');
    return result instanceof Error ? result : resultOf(mail, result);
  });
}

function mailOf(context: IExecuteFunctions, defaultSender: string, index: number): Mail {
  const to = recipientsIn(context, TO, index);
  const unsubscribeUrl = urlIn(context, UNSUBSCRIBE, index);
  const isMarketing = itemParameter(context, KIND.name, index) === 'marketing';
  const links = {
    unsubscribe: unsubscribeUrl ?? null,
    preferences: urlIn(context, PREFERENCES, index) ?? null,
  };
  return {
    from: senderOf(context, index, { defaultSender, isTemplates: isResendTemplate(context, index) }),
    to,
    replyTo: recipientsIn(context, REPLY_TO, index),
    ...contentOf(context, index, to[0] ?? '', links),
    headers: headersOf(context, index, HEADERS, isMarketing ? unsubscribeUrl : undefined),
    tags: safeTagsIn(context, index, TAGS),
  };
}

function batchKeyOf(context: IExecuteFunctions, index: number): string {
  return requiredText(context, BATCH_KEY.name, BATCH_KEY.displayName, index);
}

function tooMany(count: number): ResendError {
  return new ResendError(
    `${count} items share one "${BATCH_KEY.displayName}"; Resend takes ${LIMITS.batch} e-mails in one call, and a batch has to be one call, or a repeated run could send some of them twice. Give every ${LIMITS.batch} items a key of their own.`,
    false,
    undefined,
    true,
  );
}
