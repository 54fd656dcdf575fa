import { emailOf, emailProperty } from '../../shared/customer-email';
import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { customerJson } from './customer-json';

export const get: Operation = {
  properties: showOnlyFor('customer', 'get', [emailProperty]),

  execute: (context, store) =>
    processEach(context, { service: 'Lifecycle Store' }, async (index) => {
      const customer = await store.customers.get(emailOf(context, index));
      // Nobody of this address is an answer, for the workflow to decide upon.
      return { json: { customer: customer ? customerJson(customer) : null } };
    }),
};
