import { describe, expect, it } from '@jest/globals';
import { paymentIn, planIn, tierOf } from '../../../services/lemon-squeezy';

const ADA = { user_name: ' Ada Lovelace ', user_email: 'ada@example.com' };
const AT = '2026-03-01T11:00:00.250000Z';
const PRO = { product_name: 'The application', variant_name: 'Pro (monthly)' };

function event(type: string, object: string, attributes: object) {
  return { type, payload: { meta: { event_name: type }, data: { type: object, id: '41', attributes } } };
}

const subscription = (attributes: object = {}) =>
  event('subscription_updated', 'subscriptions', {
    ...ADA,
    order_id: 55,
    ...PRO,
    status: 'active',
    updated_at: AT,
    ...attributes,
  });

const money = { currency: 'EUR', total: 1_900, status: 'paid', refunded: false, refunded_amount: 0 };
const order = (attributes: object = {}) =>
  event('order_created', 'orders', {
    ...ADA,
    ...money,
    first_order_item: PRO,
    updated_at: AT,
    ...attributes,
  });
const invoice = (attributes: object = {}) =>
  event('subscription_payment_success', 'subscription-invoices', {
    ...ADA,
    ...money,
    billing_reason: 'renewal',
    updated_at: AT,
    ...attributes,
  });

describe('a tier in a text', () => {
  it.each([
    ['Pro (monthly)', 'pro'],
    ['ENTERPRISE', 'enterprise'],
    ['yearly/free', 'free'],
    ['plan_pro_yearly', 'pro'],
    ['Production', undefined],
    ['Free trial of Pro', undefined],
    ['Pro, pro and nothing but Pro', 'pro'],
    ['Default', undefined],
    ['', undefined],
  ])('%j is %s', (text, tier) => {
    expect(tierOf(text)).toBe(tier);
  });
});

describe('what Lemon Squeezy says about a plan', () => {
  it('is said of the subscription, which takes the place of its order', () => {
    expect(planIn(subscription())).toEqual({
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      plan: {
        subject: 'subscription:41',
        asOf: new Date('2026-03-01T11:00:00.250Z'),
        rank: 1,
        tier: 'pro',
        status: 'active',
        replaces: 'order:55',
      },
    });
  });

  it.each([
    ['on_trial', 'trialing', 'pro'],
    ['active', 'active', 'pro'],
    ['paused', 'paused', 'pro'],
    ['past_due', 'past_due', 'pro'],
    ['unpaid', 'past_due', 'pro'],
    ['cancelled', 'cancelled', 'pro'],
    ['expired', 'churned', null],
  ])('is of a subscription that is %s: %s', (given, status, tier) => {
    expect(planIn(subscription({ status: given }))).toMatchObject({ plan: { status, tier } });
  });

  it('counts later the more final it is, at one and the same time', () => {
    const ranks = ['on_trial', 'active', 'past_due', 'paused', 'cancelled', 'expired'].map((status) => {
      const said = planIn(subscription({ status }));
      return 'plan' in said ? said.plan.rank : undefined;
    });
    expect(ranks).toEqual([...ranks].sort());
    expect(new Set(ranks).size).toBe(ranks.length);
  });

  it.each([
    ['the variant', { product_name: 'Enterprise suite', variant_name: 'Pro' }, 'pro'],
    [
      'the product, when the variant names none',
      { product_name: 'Enterprise suite', variant_name: 'Default' },
      'enterprise',
    ],
    ['the product, when there is no variant', { product_name: 'Free plan', variant_name: null }, 'free'],
  ])('has the tier of %s', (_case, names, tier) => {
    expect(planIn(subscription(names))).toMatchObject({ plan: { tier } });
  });

  it.each([
    ['paid', 'active', 'pro'],
    ['partial_refund', 'active', 'pro'],
    ['refunded', 'churned', null],
  ])('is of an order that is %s: %s', (given, status, tier) => {
    expect(planIn(order({ status: given }))).toMatchObject({
      plan: { subject: 'order:41', status, tier, asOf: new Date('2026-03-01T11:00:00.250Z') },
    });
    expect(planIn(order({ status: given }))).not.toHaveProperty('plan.replaces');
  });

  it.each([
    [
      'names no plan',
      subscription({ product_name: 'Mug', variant_name: 'Blue' }),
      /"Blue" of "Mug" names no plan.*Free, Pro or Enterprise.*variant/,
    ],
    ['names several', subscription({ variant_name: 'Pro or Enterprise' }), /several plans/],
    ['names nobody', subscription({ user_email: ' ' }), /look at "data.attributes.user_email"/],
    ['names nothing at all', order({ first_order_item: null }), /What was bought names no plan/],
    ['has an unknown status', subscription({ status: 'frozen' }), /"frozen" is unknown/],
    ['is an order not yet paid', order({ status: 'pending' }), /pending/],
    ['is an invoice', invoice(), /invoice/],
    ['is without an address', subscription({ user_email: null }), /user_email/],
    ['is without its time', subscription({ updated_at: null }), /updated_at/],
    [
      'is something else',
      event('license_key_created', 'license-keys', {}),
      /"license_key_created".*data\.type/,
    ],
    ['is garbage', { type: 'order_created', payload: null }, /not as expected/],
  ])('is nothing when it %s', (_case, given, reason) => {
    expect(planIn(given)).toEqual({ nothing: expect.stringMatching(reason) });
  });
});

describe('what Lemon Squeezy says about money', () => {
  it.each([
    ['an order', order(), 'order:41', 0],
    [
      'an order given back',
      order({ status: 'refunded', refunded: true, refunded_amount: 1_900 }),
      'order:41',
      1_900,
    ],
    [
      'an order given back by half',
      order({ status: 'partial_refund', refunded: true, refunded_amount: 950 }),
      'order:41',
      950,
    ],
    [
      'an order given back, of older payloads',
      order({ status: 'refunded', refunded: true, refunded_amount: undefined }),
      'order:41',
      1_900,
    ],
    [
      'an order whose status alone says so',
      order({ status: 'refunded', refunded: null, refunded_amount: null }),
      'order:41',
      1_900,
    ],
    ['a renewal', invoice(), 'subscription-invoice:41', 0],
    ['a change of plan', invoice({ billing_reason: 'updated' }), 'subscription-invoice:41', 0],
    [
      'a renewal given back',
      invoice({ status: 'refunded', refunded: true, refunded_amount: 1_900 }),
      'subscription-invoice:41',
      1_900,
    ],
  ])('is of %s', (_case, given, subject, refundedMinor) => {
    expect(paymentIn(given)).toEqual({
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      payment: {
        subject,
        asOf: new Date('2026-03-01T11:00:00.250Z'),
        currency: 'eur',
        paidMinor: 1_900,
        refundedMinor,
      },
    });
  });

  it.each([
    ['the first invoice of a subscription', invoice({ billing_reason: 'initial' }), /order/],
    ['a failed payment', invoice({ status: 'pending' }), /pending/],
    ['a subscription', subscription(), /subscription/],
    ['an amount that is none', order({ total: -1 }), /data\.attributes\.total/],
  ])('is nothing of %s', (_case, given, reason) => {
    expect(paymentIn(given)).toEqual({ nothing: expect.stringMatching(reason) });
  });
});
