import { describe, expect, it } from '@jest/globals';
import { cells, columns, inTurns, latency, measured, ratioOf, type Measured } from '../../../bench/contest';

const OURS = { title: 'our nodes', prefix: 'ours' };
const PEER = { title: 'built-in nodes', prefix: 'peer' };
const SIDES = [OURS, PEER] as const;

const run = (changes: Partial<Measured> = {}): Measured => ({
  latencies: [100],
  perSecond: 10,
  cpuPerJob: 5,
  callsPerJob: 3,
  ...changes,
});

describe('a run', () => {
  it('takes from the first start to the last end', () => {
    const jobs = [
      { startedAt: 1_000, endedAt: 1_400 },
      { startedAt: 1_100, endedAt: 3_000 },
    ];
    expect(measured(jobs, { cpu: 50, calls: 6 })).toEqual({
      latencies: [400, 1_900],
      perSecond: 1,
      cpuPerJob: 25,
      callsPerJob: 3,
    });
  });

  it('counts jobs that were never done as work, but not as done', () => {
    const jobs = [
      { startedAt: 0, endedAt: 500 },
      { startedAt: 0, endedAt: undefined },
    ];
    expect(measured(jobs, { cpu: 10, calls: 2 })).toMatchObject({
      latencies: [500],
      perSecond: 2,
      cpuPerJob: 5,
    });
  });

  it('in which nothing was done has no speed', () => {
    expect(measured([{ startedAt: 0, endedAt: undefined }], { cpu: 1, calls: 1 })).toMatchObject({
      latencies: [],
      perSecond: 0,
    });
  });
});

describe('a contest', () => {
  it('lets both sides run once a round, one after the other, now one first and now the other', async () => {
    const order: string[] = [];
    const runs = await inTurns(SIDES, 3, async ({ prefix }) => {
      order.push(prefix);
      return run({ perSecond: order.length });
    });
    expect(order).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer']);
    expect(runs.get(PEER)?.map(({ perSecond }) => perSecond)).toEqual([2, 3, 6]);
  });

  it('compares the sides round by round', () => {
    const runs = new Map([
      [OURS, [run({ perSecond: 20 }), run({ perSecond: 60 }), run({ perSecond: 30 })]],
      [PEER, [run({ perSecond: 10 }), run({ perSecond: 10 }), run({ perSecond: 10 })]],
    ]);
    expect(ratioOf(runs, SIDES, ({ perSecond }) => perSecond)).toBe(3);
  });

  it('shows the runs of a side in a row, latencies over all of them', () => {
    const runs = new Map([[OURS, [run({ latencies: [100, 200] }), run({ latencies: [300] })]]]);
    expect(latency(runs, OURS, 0.95)).toBe(300);
    expect(columns('contact')).toEqual([
      '',
      'contacts/s',
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'n8n CPU ms/contact',
      'calls/contact',
    ]);
    const row = ['our nodes, at once', '10.0', '200', '300', '300', '5.00', '3.00'];
    expect(cells(runs, OURS, { what: 'at once', isRateShown: true })).toEqual(row);
    expect(cells(runs, OURS, { what: 'at once', isRateShown: false })).toEqual(row.with(1, ''));
  });
});
