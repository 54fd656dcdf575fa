import { describe, expect, it } from '@jest/globals';
import { figure, ratio, table } from '../../../bench/report';

describe('a table', () => {
  it('is aligned: names to the left, figures to the right', () => {
    const text = table(
      ['', 'answers/s', 'p50 ms'],
      [
        ['intake', '204', '46.0'],
        ["n8n's Webhook node", '50.7', '1648'],
      ],
    );
    expect(text.split('\n')).toEqual([
      '                    answers/s  p50 ms',
      '------------------  ---------  ------',
      'intake                    204    46.0',
      "n8n's Webhook node       50.7    1648",
    ]);
  });

  it('leaves out what a row does not have', () => {
    expect(table(['a', 'b'], [['x']]).split('\n')[2]).toBe('x');
  });
});

describe('a figure', () => {
  it.each([
    [1648.3, '1648'],
    [99.94, '99.9'],
    [9.876, '9.88'],
    [0, '0.00'],
    [NaN, '-'],
    [Infinity, '-'],
  ])('%s is shown as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });

  it('that is a ratio says so', () => {
    expect(ratio(5.751)).toBe('5.75 x');
  });
});
