import { describe, expect, it } from '@jest/globals';
import { median, medianRatio, percentile } from '../../../bench/statistics';

describe('a percentile', () => {
  it.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
    [0.001, 1],
  ])('%s of 1 to 100 is %s, in whatever order they come', (part, expected) => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, part)).toBe(expected);
  });

  it('of one value is that value', () => {
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('sorts numbers as numbers, and leaves the array as it was', () => {
    const values = [100, 9, 20];
    expect(percentile(values, 0.5)).toBe(20);
    expect(values).toEqual([100, 9, 20]);
  });

  it('of no values is an error', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

describe('a median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[5], 5],
  ])('of %j is %s', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of no values is an error', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a ratio over rounds', () => {
  it('compares each round with itself, so that a slow round of both does not count', () => {
    expect(medianRatio([100, 10, 100], [50, 5, 50])).toBe(2);
  });

  it('needs both sides of each round', () => {
    expect(() => medianRatio([1, 2], [1])).toThrow(RangeError);
  });
});
