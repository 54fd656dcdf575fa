import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';
import {
  invalidLinkPage,
  preferencesPage,
  readPreferencesForm,
  type Page,
  type PageButton,
  type PageOptions,
} from '../../../services/email';
import type { ChosenPreferences, EmailPreferences } from '../../../store';
import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';

const SERVICE = 'Lifecycle Store';

const tokenProperty: INodeProperties = {
  displayName: 'Link Token',
  name: 'linkToken',
  type: 'string',
  typeOptions: { password: true },
  required: true,
  default: '={{ $json.query.token }}',
  description: 'What the link in the mail carries; it says whose preferences they are',
};

export const get: Operation = {
  properties: showOnlyFor('emailPreference', 'get', [
    tokenProperty,
    {
      displayName: 'Ask to Confirm',
      name: 'askToConfirm',
      type: 'boolean',
      default: false,
      description:
        'Whether the page asks to confirm the subscription (double opt-in), unless that has been done',
    },
  ]),

  execute: (context, store) =>
    processEach(context, { service: SERVICE }, async (index) => {
      const token = tokenOf(context, index);
      const asksToConfirm = context.getNodeParameter('askToConfirm', index, false) === true;
      return { json: preferencesJson(await store.emailPreferences.read(token), { token, asksToConfirm }) };
    }),
};

export const choose: Operation = {
  properties: showOnlyFor('emailPreference', 'upsert', [
    tokenProperty,
    {
      displayName: 'Marketing',
      name: 'marketing',
      type: 'options',
      default: 'keep',
      options: [
        {
          name: 'As the Form Says',
          value: 'form',
          description: "What the page's form sent, or a mailbox provider's one-click unsubscribe (RFC 8058)",
        },
        { name: 'Leave as It Is', value: 'keep' },
        {
          name: 'Subscribe',
          value: 'subscribe',
          description: 'Also confirms a subscription (double opt-in)',
        },
        { name: 'Unsubscribe', value: 'unsubscribe', description: 'From all of it, whatever the topics' },
      ],
    },
    {
      displayName: 'Form',
      name: 'form',
      type: 'json',
      default: '={{ $json.body }}',
      displayOptions: { show: { marketing: ['form'] } },
      description: 'What was sent. Where it makes no sense nothing is changed, and the page says so.',
    },
    {
      displayName: 'Topics',
      name: 'topics',
      type: 'json',
      default: '',
      placeholder: 'e.g. {{ $JSON.body.topics }}',
      displayOptions: { show: { marketing: ['keep', 'subscribe', 'unsubscribe'] } },
      description: 'List of the topics that are wanted, all others are not; empty leaves them as they are',
    },
  ]),

  execute: (context, store) =>
    processEach(context, { service: SERVICE }, async (index) => {
      const token = tokenOf(context, index);
      const { button, ...wish } = wishOf(context, index);
      const isEmpty = wish.wantsMarketing === undefined && wish.topics === undefined;
      const chosen = await (isEmpty
        ? store.emailPreferences.read(token)
        : store.emailPreferences.choose(token, wish));
      return {
        json: preferencesJson(chosen, { token, pressed: button }),
        ...(chosen && !isEmpty && { outcomes: [{ service: SERVICE, action: 'e-mail preferences saved' }] }),
      };
    }),
};

/** Empty when there is none, or something else in its place: such a link is not ours. */
function tokenOf(context: IExecuteFunctions, index: number): string {
  const token: unknown = context.getNodeParameter('linkToken', index, '');
  return typeof token === 'string' ? token : '';
}

/** What is to be kept, and the button of the page that says so; `null` when nothing of it can be understood. */
type Wish = ChosenPreferences & { button: PageButton | null };

function wishOf(context: IExecuteFunctions, index: number): Wish {
  const marketing = context.getNodeParameter('marketing', index, 'keep');
  if (marketing === 'form') {
    return readPreferencesForm(context.getNodeParameter('form', index, '')) ?? { button: null };
  }
  const topics = topicsIn(context.getNodeParameter('topics', index, ''));
  return {
    button: 'save',
    ...(marketing !== 'keep' && { wantsMarketing: marketing === 'subscribe' }),
    ...(topics && { topics }),
  };
}

/** A list, or the text of one; a form with a single box sends just its value. */
function topicsIn(value: unknown): string[] | undefined {
  if (value === '' || value === undefined || value === null) return undefined;
  const given = typeof value === 'string' && value.startsWith('[') ? (JSON.parse(value) as unknown) : value;
  return z.array(z.string()).parse([given].flat());
}

/** With the page to answer to a browser. */
function preferencesJson(preferences: EmailPreferences | undefined, options: PageOptions): IDataObject {
  const page: Page = preferences ? preferencesPage(preferences, options) : invalidLinkPage();
  return { preferences: (preferences ?? null) as IDataObject | null, page: { ...page } };
}
