import { figure } from './report';
import { median, medianRatio, percentile } from './statistics';

/** One of the two ways to get the same work done. */
export interface Side {
  title: string;
  /** Begins the e-mail addresses of the people it does the work for. */
  prefix: string;
}

/** One piece of the work; times are milliseconds since 1970. */
export interface Job {
  startedAt: number;
  /** Absent when it was never done. */
  endedAt: number | undefined;
}

/** What one run of jobs came to. */
export interface Measured {
  /** In milliseconds, of every job that was done. */
  latencies: number[];
  /** Jobs done per second, from the first one's start to the last one's end. */
  perSecond: number;
  /** CPU time of n8n's process, in milliseconds. */
  cpuPerJob: number;
  /** Calls to the outside systems. */
  callsPerJob: number;
}

/** @param totals of all jobs together: CPU time in milliseconds, and calls */
export function measured(jobs: readonly Job[], totals: { cpu: number; calls: number }): Measured {
  const latencies: number[] = [];
  let lastEnd = -Infinity;
  for (const { startedAt, endedAt } of jobs) {
    if (endedAt === undefined) continue;
    latencies.push(endedAt - startedAt);
    lastEnd = Math.max(lastEnd, endedAt);
  }
  const start = Math.min(...jobs.map(({ startedAt }) => startedAt));
  return {
    latencies,
    perSecond: latencies.length === 0 ? 0 : latencies.length / ((lastEnd - start) / 1000),
    cpuPerJob: totals.cpu / jobs.length,
    callsPerJob: totals.calls / jobs.length,
  };
}

/** Runs by side, in the order in which they were made. */
export type Runs<Run> = ReadonlyMap<Side, readonly Run[]>;

/** Lets each side run once a round, now one first and now the other. */
export async function inTurns<Competitor extends Side, Run>(
  sides: readonly Competitor[],
  rounds: number,
  run: (side: Competitor) => Promise<Run>,
): Promise<Runs<Run>> {
  const runs = new Map<Side, Run[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) runs.get(side)?.push(await run(side));
  }
  return runs;
}

/** The median over the rounds of what `pick` takes from our run, divided by the same of the other side's. */
export function ratioOf<Run>(
  runs: Runs<Run>,
  [ours, theirs]: readonly [Side, Side],
  pick: (run: Run) => number,
): number {
  return medianRatio((runs.get(ours) ?? []).map(pick), (runs.get(theirs) ?? []).map(pick));
}

/** A percentile of the latencies of all runs of a side. */
export function latency<Run extends Measured>(runs: Runs<Run>, side: Side, part: number): number {
  return percentile(
    (runs.get(side) ?? []).flatMap(({ latencies }) => latencies),
    part,
  );
}

/** Titles of {@link cells}. @param job e.g. `event` */
export function columns(job: string): string[] {
  return ['', `${job}s/s`, 'p50 ms', 'p95 ms', 'p99 ms', `n8n CPU ms/${job}`, `calls/${job}`];
}

/** A row about the runs of a side; of jobs done one at a time there is no rate. */
export function cells<Run extends Measured>(
  runs: Runs<Run>,
  side: Side,
  { what, isRateShown }: { what: string; isRateShown: boolean },
): string[] {
  const all = runs.get(side) ?? [];
  return [
    `${side.title}, ${what}`,
    isRateShown ? figure(median(all.map(({ perSecond }) => perSecond))) : '',
    figure(latency(runs, side, 0.5)),
    figure(latency(runs, side, 0.95)),
    figure(latency(runs, side, 0.99)),
    figure(median(all.map(({ cpuPerJob }) => cpuPerJob))),
    figure(median(all.map(({ callsPerJob }) => callsPerJob))),
  ];
}
