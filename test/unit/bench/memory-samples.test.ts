import { describe, expect, it } from '@jest/globals';
import { growthOf } from '../../../bench/memory-samples';

describe('growth of memory', () => {
  it('is that from the first sample to the last, and the most in between', () => {
    const samples = [
      { rows: 1_000, heap: 20, resident: 100 },
      { rows: 2_000, heap: 30, resident: 130 },
      { rows: 3_000, heap: 25, resident: 120 },
    ];
    expect(growthOf(samples)).toEqual({ heap: 1.25, resident: 1.2, peak: 1.5 });
  });

  it('takes two samples', () => {
    expect(() => growthOf([{ rows: 1_000, heap: 20, resident: 100 }])).toThrow(RangeError);
    expect(() => growthOf([])).toThrow(RangeError);
  });
});
