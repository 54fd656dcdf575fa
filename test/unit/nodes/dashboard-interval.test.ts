import { describe, expect, it } from '@jest/globals';
import { newcombe, wilson, zAmong } from '../../../nodes/LifecycleDashboard/interval';

describe('intervals of shares', () => {
  // Newcombe, Two-sided confidence intervals for the single proportion (Statistics in Medicine 17, 1998), table I.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%p of %p: Wilson’s', (part, whole, from, to) => {
    const interval = wilson({ part, whole });
    expect(interval?.from).toBeCloseTo(from, 4);
    expect(interval?.to).toBeCloseTo(to, 4);
  });

  // Newcombe, Interval estimation for the difference between independent proportions (the same volume), table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [10, 10, 0, 10, 0.6075, 1],
  ])('%p of %p against %p of %p: Newcombe’s', (part, whole, otherPart, otherWhole, from, to) => {
    const interval = newcombe({ part, whole }, { part: otherPart, whole: otherWhole });
    expect(interval?.from).toBeCloseTo(from, 4);
    expect(interval?.to).toBeCloseTo(to, 4);
  });

  it('are none of nothing', () => {
    expect(wilson({ part: 0, whole: 0 })).toBeNull();
    expect(newcombe({ part: 1, whole: 2 }, { part: 0, whole: 0 })).toBeNull();
  });

  it('are wider the more variants are compared', () => {
    expect([2, 3, 4, 5, 9].map(zAmong).map((z) => z.toFixed(3))).toEqual([
      '1.960',
      '2.394',
      '2.638',
      '2.807',
      '2.807',
    ]);
  });
});
