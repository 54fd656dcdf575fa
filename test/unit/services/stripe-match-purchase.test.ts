import { describe, expect, it } from '@jest/globals';
import { matchPurchase, type LineItem, type PurchaseRule } from '../../../services/stripe';

const VIP: PurchaseRule = { by: 'metadata', key: 'lifecycle', value: 'vip' };

function line(id: string, metadata: Record<string, string> = {}, quantity = 1): LineItem {
  return {
    id: `li_${id}`,
    description: `Line ${id}`,
    quantity,
    product: { id, name: `Product ${id}`, metadata },
  };
}

const withoutPrice: LineItem = { id: 'li_x', description: 'Line x', quantity: 1, product: null };

describe('matching by metadata', () => {
  it('counts the pieces of the matching lines only', () => {
    const purchase = matchPurchase(VIP, [
      line('a', {}, 5),
      line('b', { lifecycle: 'vip' }, 2),
      line('c', { lifecycle: 'vip' }, 1),
    ]);
    expect(purchase).toMatchObject({ matches: true, quantity: 3 });
    expect(purchase.products.map(({ id, matches }) => [id, matches])).toEqual([
      ['a', false],
      ['b', true],
      ['c', true],
    ]);
  });

  it.each(['vip', 'VIP', ' Vip '])('takes "%s" for vip', (value) => {
    expect(matchPurchase(VIP, [line('a', { lifecycle: value })]).matches).toBe(true);
  });

  it.each([
    ['another value', { lifecycle: 'basic' }],
    ['a longer value', { lifecycle: 'vip2' }],
    ['another key', { tier: 'vip' }],
    ['no metadata', {}],
  ])('does not take a product with %s', (_, metadata: Record<string, string>) => {
    expect(matchPurchase(VIP, [line('a', metadata)])).toMatchObject({ matches: false, quantity: 0 });
  });
});

describe('matching picked products', () => {
  const rule: PurchaseRule = { by: 'products', ids: ['b', 'gone'] };

  it('goes by the id, so that a product deleted since still matches', () => {
    const gone: LineItem = { ...line('gone'), product: { id: 'gone', name: null, metadata: {} } };
    const purchase = matchPurchase(rule, [line('a'), gone]);
    expect(purchase.matches).toBe(true);
    expect(purchase.products[1]).toMatchObject({ id: 'gone', name: 'Line gone', matches: true });
  });

  it('does not take the others', () => {
    expect(matchPurchase(rule, [line('a'), line('c')]).matches).toBe(false);
  });
});

describe('a line without a price', () => {
  it.each<[PurchaseRule, boolean]>([
    [VIP, false],
    [{ by: 'products', ids: ['a'] }, false],
    [{ by: 'any' }, true],
  ])('matches %j: %s', (rule, expected) => {
    const purchase = matchPurchase(rule, [withoutPrice]);
    expect(purchase.matches).toBe(expected);
    expect(purchase.products).toEqual([
      { id: null, name: 'Line x', quantity: 1, metadata: {}, matches: expected },
    ]);
  });
});
