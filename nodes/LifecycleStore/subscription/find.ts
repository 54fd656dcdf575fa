import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';
import { majorUnits, type Subscription } from '../../../store';
import { chosen, limitProperty, listForEach } from '../listing';
import { showOnlyFor, type Operation } from '../operation';

/** In Stripe's own words. Source: https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
const statuses: INodePropertyOptions[] = [
  { name: 'Active', value: 'active' },
  { name: 'Canceled', value: 'canceled' },
  { name: 'Incomplete', value: 'incomplete', description: 'Waits for its first payment' },
  {
    name: 'Incomplete and Expired',
    value: 'incomplete_expired',
    description: 'Its first payment never came',
  },
  { name: 'Past Due', value: 'past_due' },
  { name: 'Paused', value: 'paused' },
  { name: 'Trialing', value: 'trialing' },
  { name: 'Unpaid', value: 'unpaid' },
];

export const find: Operation = {
  properties: showOnlyFor('subscription', 'find', [
    {
      displayName: 'Email',
      name: 'email',
      type: 'string',
      default: '',
      placeholder: 'name@email.com',
      description: 'Address of the customer, upper and lower case alike; empty means all',
    },
    {
      displayName: 'Statuses',
      name: 'statuses',
      type: 'multiOptions',
      options: statuses,
      default: [],
      description: 'How they stand at the provider; none chosen means all',
    },
    {
      displayName: 'Only at Risk',
      name: 'atRisk',
      type: 'boolean',
      default: false,
      description: 'Whether to list only those whose payment fails or whose end is set',
    },
    limitProperty,
  ]),

  execute: (context, store) =>
    listForEach(context, async (index, limit) => {
      const email = String(context.getNodeParameter('email', index, '')).trim();
      const filter = {
        ...(email !== '' && { email }),
        statuses: chosen(context, 'statuses', index),
        atRisk: context.getNodeParameter('atRisk', index, false) === true,
      };
      return (await store.subscriptions.find(filter, limit)).map(subscriptionRow);
    }),
};

/** What people look for first, then all the rest. */
function subscriptionRow({ email, productName, status, ...subscription }: Subscription): IDataObject {
  const { currency, amountMinor, intervalCount, intervalUnit } = subscription;
  const amount = currency === null || amountMinor === null ? null : majorUnits(amountMinor, currency);
  const every = intervalCount === 1 ? intervalUnit : `${intervalCount ?? ''} ${intervalUnit ?? ''}s`;
  const price =
    amount === null || intervalUnit === null
      ? null
      : `${amount} ${currency?.toUpperCase() ?? ''} every ${every}`;
  return { email, productName, status, price, ...subscription } as unknown as IDataObject;
}
