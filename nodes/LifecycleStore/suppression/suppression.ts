import { emailOf, emailProperty } from '../../shared/customer-email';
import { processEach } from '../../shared/process-items';
import { limitProperty, listForEach } from '../listing';
import { showOnlyFor, type Operation } from '../operation';

const SERVICE = 'Lifecycle Store';

export const add: Operation = {
  properties: showOnlyFor('suppression', 'add', [
    emailProperty,
    {
      displayName: 'Note',
      name: 'note',
      type: 'string',
      default: '',
      placeholder: 'e.g. asked for it on the phone',
      description: 'Why, for whoever looks at it later',
    },
  ]),

  execute: (context, store) =>
    processEach(context, { service: SERVICE }, async (index) => {
      const note = String(context.getNodeParameter('note', index, '')).trim();
      await store.suppressions.add(emailOf(context, index), note === '' ? null : note);
      return {
        json: { suppressed: true },
        outcomes: [{ service: SERVICE, action: 'address suppressed' }],
      };
    }),
};

export const remove: Operation = {
  properties: showOnlyFor('suppression', 'delete', [emailProperty]),

  execute: (context, store) =>
    processEach(context, { service: SERVICE }, async (index) => {
      const wasSuppressed = await store.suppressions.remove(emailOf(context, index));
      return {
        json: { suppressed: false, wasSuppressed },
        outcomes: [
          {
            service: SERVICE,
            action: wasSuppressed ? 'address not suppressed any more' : 'address was not suppressed',
          },
        ],
      };
    }),
};

export const find: Operation = {
  properties: showOnlyFor('suppression', 'find', [
    { ...emailProperty, required: false, default: '', description: 'Address to look for; empty means all' },
    limitProperty,
  ]),

  execute: (context, store) =>
    listForEach(context, async (index, limit) => {
      const email = String(context.getNodeParameter('email', index, '')).trim();
      return await store.suppressions.find(email === '' ? undefined : email, limit);
    }),
};
