import { describe, expect, it } from '@jest/globals';
import { collationKey } from '../../../sandbox/collation';
import { phpJson, phpSerialize, sanitizeEmail, sanitizeSpecialChars } from '../../../sandbox/mautic/php';
import { parsePhpQuery } from '../../../sandbox/php-query';

describe('a query as PHP reads it', () => {
  it.each([
    ['a=1&a=2', { a: '2' }],
    ['ids[]=1&ids[]=2', { ids: ['1', '2'] }],
    ['where[0][col]=email&where[0][val]=a%2Bb', { where: [{ col: 'email', val: 'a+b' }] }],
    ['where[1][col]=email', { where: { '1': { col: 'email' } } }],
    ['order.by=x', { order_by: 'x' }],
    ['', {}],
  ])('%s', (query, expected) => {
    expect(parsePhpQuery(new URLSearchParams(query))).toEqual(expected);
  });
});

describe('texts as MySQL compares them', () => {
  it.each([
    ['VIP-A', 'vip-a  ', true],
    ['José', 'JOSE', true],
    ['straße', 'STRASSE', true],
    ['a', 'b', false],
    [' a', 'a', false],
  ])('%p and %p', (left, right, same) => {
    expect(collationKey(left) === collationKey(right)).toBe(same);
  });
});

describe('values as PHP makes them', () => {
  it('has entities for quotes, brackets and ampersands', () => {
    expect(sanitizeSpecialChars(`o'brien & "co" <x>\n`)).toBe(
      'o&#39;brien &#38; &#34;co&#34; &#60;x&#62;&#10;',
    );
  });

  it('drops what may not be in an address', () => {
    expect(sanitizeEmail(' ünal, (x)@exa mple.com')).toBe('nalx@example.com');
  });

  it('escapes slashes and everything beyond ASCII in JSON', () => {
    expect(phpJson({ a: 'é/😀' })).toBe('{"a":"\\u00e9\\/\\ud83d\\ude00"}');
  });

  it('serializes', () => {
    expect(phpSerialize({ no: 'Nö', list: [1, true, null] })).toBe(
      'a:2:{s:2:"no";s:3:"Nö";s:4:"list";a:3:{i:0;i:1;i:1;b:1;i:2;N;}}',
    );
  });
});
