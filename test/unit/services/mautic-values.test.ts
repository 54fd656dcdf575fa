import { describe, expect, it } from '@jest/globals';
import { fieldValue, plainValue, sameValue } from '../../../services/mautic';

const field = (type: string, scale = 0) => ({ alias: 'a_field', type, scale });

describe('whether a field already holds what was declared', () => {
  it.each([
    // Booleans: as a write call gives them, as a single read does, as a list does.
    ['boolean', true, true, true],
    ['boolean', true, 1, true],
    ['boolean', true, '1', true],
    ['boolean', true, 'yes', true],
    ['boolean', true, false, false],
    ['boolean', true, 0, false],
    ['boolean', true, null, false],
    ['boolean', false, '0', true],
    ['boolean', false, 0, true],
    // Nobody ever said no: it has to be written.
    ['boolean', false, null, false],
    ['boolean', null, null, true],
    ['boolean', null, '', true],
    ['boolean', null, false, false],
    // Text
    ['text', 'VIP-7K3M', 'VIP-7K3M', true],
    ['text', 'VIP-7K3M', 'vip-7k3m', false],
    ['text', 'Zoë', 'Zoe', false],
    ['text', ' padded ', 'padded', true],
    ['text', '42', 42, true],
    ['text', '', null, true],
    ['text', '', undefined, true],
    ['text', '', 'x', false],
    ['text', 'x', null, false],
    // Numbers: text in lists, cut to the field's decimals.
    ['number', 5, '5', true],
    ['number', 5, 5, true],
    ['number', 5, 6, false],
    ['number', 5, null, false],
    ['number', 4.7, 4, true],
    ['number', 4.7, 5, true],
    // No number and 0 are the same.
    ['number', '', 0, true],
    ['number', '', '0', true],
    ['number', 0, null, true],
    ['number', '', '0.00', true],
    ['number', '', 0.5, false],
    ['number', '', 7, false],
    ['number', 7, 0, false],
    ['text', '', '0', false],
    // Dates and times
    ['date', '2026-03-01', '2026-03-01', true],
    ['date', '2026-03-01', '2026-03-01 00:00:00', true],
    ['date', '2026-03-01', '2026-03-02', false],
    ['datetime', '2026-03-01T10:15:42+00:00', '2026-03-01 10:15:00', true],
    ['datetime', '2026-03-01T12:15:42+02:00', '2026-03-01 10:15:00', true],
    ['datetime', '2026-03-01T10:16:00+00:00', '2026-03-01 10:15:00', false],
    ['datetime', '2026-03-01T10:15:42.517Z', '2026-03-01 10:15:42', true],
    ['datetime', '2026-02-28T23:15:42-11:00', '2026-03-01 10:15:00', true],
    ['datetime', '2026-03-01T10:15:42Z', '2026-03-01T10:15:00+00:00', true],
    ['time', '10:15', '10:15:00', true],
    ['time', '10:15', '10:16:00', false],
    // Lists
    ['multiselect', ['b', 'a'], 'a|b', true],
    ['multiselect', ['a'], ['a'], true],
    ['multiselect', ['a'], 'a|b', false],
    ['multiselect', [], null, true],
    ['select', 'gold', 'gold', true],
    ['select', 'gold', null, false],
    // Addresses
    ['email', 'Ann@Example.com', 'ann@example.com', true],
    ['url', 'example.com/x', 'http://example.com/x', true],
    ['url', 'https://example.com', 'http://example.com', false],
    ['url', 'example.com:8080/x', 'http://example.com:8080/x', true],
    ['url', 'https://discord.gg/aB3dE6', 'https://discord.gg/ab3de6', false],
    ['url', 'https://discord.gg/aB3dE6', 'https://discord.gg/aB3dE6/', false],
  ])('%s: %p was declared, Mautic has %p: %p', (type, wanted, actual, same) => {
    expect(sameValue(field(type), wanted, actual)).toBe(same);
  });

  it('compares numbers to the decimals of their field', () => {
    expect(sameValue(field('number', 2), 4.75, '4.75')).toBe(true);
    expect(sameValue(field('number', 2), 4.75, 4.7)).toBe(false);
    expect(sameValue(field('number', 2), 4.759, '4.76')).toBe(true);
  });

  it.each([
    [1, 0.3, 0.2],
    [2, 4.75, '4.74'],
    [2, 19.99, 19.98],
  ])('tells neighbours with %p decimals apart: %p and %p', (scale, wanted, actual) => {
    expect(sameValue(field('number', scale), wanted, actual)).toBe(false);
  });
});

describe('what is sent for a value', () => {
  it.each([
    ['boolean', 'true', true],
    ['boolean', true, true],
    ['boolean', 'No', false],
    ['boolean', 0, false],
    ['boolean', '', null],
    ['boolean', undefined, null],
    ['text', ' VIP-7K3M ', 'VIP-7K3M'],
    ['text', null, ''],
    ['text', undefined, ''],
    ['text', 12, '12'],
    ['number', '12.5', 12.5],
    ['number', -3, -3],
    // Mautic takes no 0: the field is emptied.
    ['number', 0, ''],
    ['number', '0', ''],
    ['number', '0.00', ''],
    ['number', -0, ''],
    ['date', '2026-03-01', '2026-03-01'],
    ['date', new Date('2026-03-01T23:30:00Z'), '2026-03-01'],
    ['datetime', '2026-03-01T10:15:42.123+02:00', '2026-03-01T08:15:42+00:00'],
    ['datetime', '2026-03-01 10:15:42', '2026-03-01 10:15:42'],
    ['multiselect', 'a| b', ['a', 'b']],
    ['multiselect', ['a', 'b'], ['a', 'b']],
  ])('%s: %p becomes %p', (type, value, sent) => {
    expect(fieldValue(field(type), value)).toEqual(sent);
  });

  it.each([
    ['boolean', 'maybe', 'no yes or no'],
    ['number', 'many', 'no number'],
    ['number', Number.NaN, 'no number'],
    ['date', '31.01.2026', 'no date'],
    ['datetime', '2026-13-41', 'no date'],
    // What Mautic's write calls drop without a word.
    ['number', 0.4, 'between -1 and 1'],
    ['number', -0.5, 'between -1 and 1'],
    ['text', '0', 'between -1 and 1'],
    ['text', '0E12', 'between -1 and 1'],
    ['select', '.7', 'between -1 and 1'],
  ])('%s: %p is refused rather than lost', (type, value, why) => {
    expect(() => fieldValue(field(type), value)).toThrow(
      expect.objectContaining({
        name: 'ServiceError',
        retryable: false,
        message: expect.stringMatching(new RegExp(`"a_field".*${why}`)),
      }),
    );
  });

  it('lets a text pass that only begins like a number', () => {
    expect(fieldValue(field('text'), '0-7K3M')).toBe('0-7K3M');
  });
});

describe('the value of a field in its own type', () => {
  it.each([
    ['boolean', '1', true],
    ['boolean', 0, false],
    ['boolean', null, null],
    ['number', '7', 7],
    ['number', null, null],
    ['text', 'x', 'x'],
    ['text', undefined, null],
  ])('%s: %p is %p', (type, given, plain) => {
    expect(plainValue(field(type), given)).toBe(plain);
  });
});
