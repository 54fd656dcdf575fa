/** Memory of a process after so many rows, garbage collected; in MiB. */
export interface MemorySample {
  rows: number;
  heap: number;
  resident: number;
}

/** Growth from the first sample to the last, as a quotient, and the most heap that any sample had, of the first. */
export function growthOf(samples: readonly MemorySample[]): { heap: number; resident: number; peak: number } {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || first === last) throw new RangeError('Growth takes two samples.');
  return {
    heap: last.heap / first.heap,
    resident: last.resident / first.resident,
    peak: Math.max(...samples.map(({ heap }) => heap)) / first.heap,
  };
}

/** Collects garbage and takes a sample; needs `--expose-gc`. */
export function sampleMemory(rows: number): MemorySample {
  if (!global.gc) throw new Error('Memory is sampled in a process with --expose-gc.');
  global.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return { rows, heap: heapUsed / 1024 ** 2, resident: rss / 1024 ** 2 };
}
