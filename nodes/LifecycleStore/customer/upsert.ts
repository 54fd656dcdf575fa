import type { IDataObject } from 'n8n-workflow';
import { CustomerBusy } from '../../../store';
import { emailOf, emailProperty } from '../../shared/customer-email';
import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { BUSY } from './busy';
import { customerJson } from './customer-json';

const SERVICE = 'Lifecycle Store';

export const upsert: Operation = {
  properties: showOnlyFor('customer', 'upsert', [
    emailProperty,
    {
      displayName: 'Name',
      name: 'name',
      type: 'string',
      default: '',
      placeholder: 'e.g. Ada Lovelace',
      description: 'Takes the place of the name that is known; empty leaves it',
    },
  ]),

  execute: (context, store) =>
    processEach(context, { service: SERVICE }, async (index) => {
      const name = String(context.getNodeParameter('name', index, '')).trim();
      const saved = await store.customers.upsert({
        email: emailOf(context, index),
        ...(name !== '' && { name, namedAt: new Date() }),
      });
      if (saved instanceof CustomerBusy) throw BUSY;
      const { id } = saved;
      const json: IDataObject = { customer: customerJson(saved) };
      return { json, outcomes: [{ service: SERVICE, action: 'customer saved', id }] };
    }),
};
