/** So many of so many. */
export interface Share {
  part: number;
  whole: number;
}

export interface Interval {
  from: number;
  to: number;
}

/** Of the standard normal distribution: what lies within it on both sides is 95 % of all. */
const Z_95 = 1.95996398454005;
/** The same for 1 - 0.05 / comparisons (Bonferroni), for as many comparisons as up to five variants make. */
const Z_BY_COMPARISONS: ReadonlyArray<[comparisons: number, z: number]> = [
  [1, Z_95],
  [3, 2.39397979981851],
  [6, 2.638257273476751],
  [10, 2.807033768343811],
];

/** The share that a sample tells of, with 95 % confidence by default (Wilson's score interval); `null` for an empty one. */
export function wilson({ part, whole }: Share, z = Z_95): Interval | null {
  if (whole <= 0) return null;
  const share = part / whole;
  const shrink = 1 + z ** 2 / whole;
  const centre = (share + z ** 2 / (2 * whole)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2));
  return { from: Math.max(0, centre - half), to: Math.min(1, centre + half) };
}

/**
 * How much more the first share is than the second (Newcombe 1998, method 10: out of both score intervals); `null` when
 * one is of nothing.
 */
export function newcombe(first: Share, second: Share, z = Z_95): Interval | null {
  const one = wilson(first, z);
  const other = wilson(second, z);
  if (one === null || other === null) return null;
  const p = first.part / first.whole;
  const q = second.part / second.whole;
  return {
    from: p - q - Math.hypot(p - one.from, other.to - q),
    to: p - q + Math.hypot(one.to - p, q - other.from),
  };
}

/** For all comparisons among so many variants to hold together with 95 % confidence; of more than five, that of five. */
export function zAmong(variants: number): number {
  const comparisons = (variants * (variants - 1)) / 2;
  const found = Z_BY_COMPARISONS.find(([most]) => comparisons <= most) ?? Z_BY_COMPARISONS.at(-1);
  return found?.[1] ?? Z_95;
}
