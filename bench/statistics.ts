/**
 * The value below which a part of the values lie, by the nearest-rank method.
 * @param part between 0 (exclusive) and 1, e.g. 0.99
 * @throws RangeError when there are no values
 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('There is no percentile of no values.');
  return value;
}

/** The middle value; between the two in the middle when there is an even number. Throws as {@link percentile}. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('There is no median of no values.');
  return (lower + upper) / 2;
}

/**
 * How one side compares to the other in rounds that were run in turns: the median over the rounds of `ours / theirs`,
 * so that what slowed the machine down for a while hit both sides of a quotient.
 */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) throw new RangeError('Both sides need the same number of rounds.');
  return median(ours.map((value, round) => value / (theirs[round] ?? NaN)));
}
