import { describe, expect, it } from '@jest/globals';
import { actsOf, handledTypes, mixOf } from '../../../bench/billing-history';

describe('what people do at Stripe', () => {
  it('begins with a subscription for each of them', () => {
    const acts = actsOf(20);
    const firstOf = new Map<unknown, string>();
    for (const { action, input } of acts) {
      const { email } = input as { email: string };
      if (!firstOf.has(email)) firstOf.set(email, action);
    }
    expect([...firstOf.values()]).toEqual(Array.from({ length: 20 }, () => 'subscribe'));
  });

  it('is all that billing events are about', () => {
    const actions = new Set(actsOf(6).map(({ action }) => action));
    expect([...actions].sort()).toEqual(
      [
        'cancelAtPeriodEnd',
        'cancelNow',
        'changePlan',
        'failPayment',
        'openDispute',
        'refund',
        'renew',
        'subscribe',
      ].sort(),
    );
  });

  it('raises events of the types that the workflow takes', () => {
    expect(handledTypes()).toContain('stripe:charge.dispute.created');
  });
});

describe('a mix of events', () => {
  it('is told by type, the most first', () => {
    expect(mixOf([{ type: 'a' }, { type: 'b' }, { type: 'b' }])).toBe('2 b, 1 a');
  });
});
