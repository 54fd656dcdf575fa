import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { EmailPreferences } from '../../../store';
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
  properties: showOnlyFor('emailPreference', 'get', [tokenProperty]),

  execute: (context, store) =>
    processEach(context, { service: SERVICE }, async (index) => {
      const token = String(context.getNodeParameter('linkToken', index, ''));
      return { json: preferencesJson(await store.emailPreferences.read(token)) };
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
      displayName: 'Topics',
      name: 'topics',
      type: 'json',
      default: '',
      placeholder: 'e.g. {{ $JSON.body.topics }}',
      description: 'List of the topics that are wanted, all others are not; empty leaves them as they are',
    },
  ]),

  execute: (context, store) =>
    processEach(context, { service: SERVICE }, async (index) => {
      const token = String(context.getNodeParameter('linkToken', index, ''));
      const marketing = context.getNodeParameter('marketing', index, 'keep');
      const topics = topicsIn(context.getNodeParameter('topics', index, ''));
      const chosen = await store.emailPreferences.choose(token, {
        ...(marketing !== 'keep' && { wantsMarketing: marketing === 'subscribe' }),
        ...(topics && { topics }),
      });
      return {
        json: preferencesJson(chosen),
        ...(chosen && { outcomes: [{ service: SERVICE, action: 'e-mail preferences saved' }] }),
      };
    }),
};

/** A list, or the text of one; a form with a single box sends just its value. */
function topicsIn(value: unknown): string[] | undefined {
  if (value === '' || value === undefined || value === null) return undefined;
  const given = typeof value === 'string' && value.startsWith('[') ? (JSON.parse(value) as unknown) : value;
  return z.array(z.string()).parse([given].flat());
}

function preferencesJson(preferences: EmailPreferences | undefined): IDataObject {
  return { preferences: (preferences ?? null) as IDataObject | null };
}
