import { describe, expect, it } from '@jest/globals';
import { derivePromoCode } from '../../../services/shopware';

const KEY = 'a-promo-code-key-for-these-tests-only';
const SESSION = 'cs_test_a1b2c3d4e5f6';

const derive = (over: Partial<Parameters<typeof derivePromoCode>[0]> = {}) =>
  derivePromoCode({ key: KEY, purchaseId: SESSION, prefix: 'VIP', ...over });

describe('a promo code', () => {
  it('is a prefix and 12 characters in groups, and an id for Shopware', () => {
    const { code, id } = derive();
    expect(code).toMatch(/^VIP(-[34679CFHJKMNPRTVWXY]{4}){3}$/);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('never changes: customers hold it, and a retry must find it', () => {
    expect(derive()).toEqual({ id: '5f47252c9e791074e44098795a134e1a', code: 'VIP-F64V-JXN6-JKHH' });
  });

  it('belongs to its purchase and to the key', () => {
    const variants = [derive(), derive({ purchaseId: `${SESSION}0` }), derive({ key: `${KEY}0` })];
    expect(new Set(variants.map(({ code }) => code)).size).toBe(3);
    expect(new Set(variants.map(({ id }) => id)).size).toBe(3);
  });

  it('keeps its id and its characters when only the prefix changes', () => {
    const [vip, gold] = [derive(), derive({ prefix: 'GOLD' })];
    expect(gold.id).toBe(vip.id);
    expect(gold.code.replace('GOLD', 'VIP')).toBe(vip.code);
  });

  it('uses every character about as often as any other', () => {
    const codes = Array.from(
      { length: 5_000 },
      (_, index) => derive({ purchaseId: `cs_${index}`, prefix: '' }).code,
    );
    expect(new Set(codes).size).toBe(5_000);
    const counts = new Map<string, number>();
    for (const character of codes.join('').replaceAll('-', '')) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const expected = (5_000 * 12) / 19;
    expect(counts.size).toBe(19);
    // Six standard deviations of a fair draw; the codes are always the same ones, so this never flickers.
    for (const count of counts.values())
      expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });

  it.each([
    ['', /^.{4}-.{4}-.{4}$/],
    [' vip ', /^VIP-.{14}$/],
    ['vip-', /^VIP-.{14}$/],
    ['early-bird', /^EARLY-BIRD-.{14}$/],
  ])('takes the prefix "%s"', (prefix, expected) => {
    expect(derive({ prefix }).code).toMatch(expected);
  });

  it.each(['VIP 1', 'VÍP', '<b>', 'A'.repeat(21)])('refuses the prefix "%s"', (prefix) => {
    expect(() => derive({ prefix })).toThrow(
      expect.objectContaining({
        retryable: false,
        message: expect.stringContaining('letters, digits and hyphens'),
      }),
    );
  });

  it('refuses a key that could be guessed, without saying it', () => {
    expect(() => derive({ key: 'hunter2' })).toThrow(
      expect.objectContaining({ retryable: false, message: expect.not.stringContaining('hunter2') }),
    );
  });
});
