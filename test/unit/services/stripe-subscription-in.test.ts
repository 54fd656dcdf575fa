import { expect, it } from '@jest/globals';
import { subscriptionIn } from '../../../services/stripe';

const current = (subscription: unknown) => ({ parent: { subscription_details: { subscription } } });

it.each<[string, string, object, string | undefined]>([
  ['a subscription', 'customer.subscription.updated', { id: 'sub_1' }, 'sub_1'],
  ['an invoice', 'invoice.paid', { id: 'in_1', ...current('sub_1') }, 'sub_1'],
  [
    'an invoice with the object',
    'invoice.payment_failed',
    current({ id: 'sub_1', status: 'active' }),
    'sub_1',
  ],
  ['an invoice of before 2025-03-31', 'invoice.paid', { subscription: 'sub_1' }, 'sub_1'],
  ['such an invoice with the object', 'invoice.paid', { subscription: { id: 'sub_1' } }, 'sub_1'],
  ['a one-off invoice', 'invoice.paid', { id: 'in_1', parent: null, subscription: null }, undefined],
  ['an invoice for a quote', 'invoice.paid', { parent: { subscription_details: null } }, undefined],
  ['a checkout of a subscription', 'checkout.session.completed', { subscription: 'sub_1' }, 'sub_1'],
  ['a one-off checkout', 'checkout.session.completed', { id: 'cs_1', subscription: null }, undefined],
  ['a charge', 'charge.refunded', { id: 'ch_1', subscription: 'sub_1' }, undefined],
  ['a dispute', 'charge.dispute.created', { id: 'dp_1', charge: 'ch_1' }, undefined],
  ['a customer', 'customer.updated', { id: 'cus_1' }, undefined],
  ['an odd subscription', 'customer.subscription.updated', { id: 7 }, undefined],
])('of %s', (_, type, object, expected) => {
  expect(subscriptionIn({ type, payload: { data: { object } } })).toBe(expected);
});

it('of something that is no event is none', () => {
  expect(subscriptionIn({ type: 'invoice.paid', payload: undefined })).toBeUndefined();
  expect(subscriptionIn({ type: 'customer.subscription.updated', payload: { data: null } })).toBeUndefined();
});
