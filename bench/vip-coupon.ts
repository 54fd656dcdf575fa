import { STRIPE_WEBHOOK_PATH } from '../sandbox/identities';
import { waitFor } from '../stack/wait';
import { contactIds, takeLog, verify } from './fulfilment';
import { load } from './load';
import { peerCredentials } from './peer-credentials';
import { cpuTime } from './process-usage';
import { buy, signed, type Purchase } from './purchases';
import { figure, ratio, table } from './report';
import { withStack, type BenchOptions, type BenchStack } from './stack';
import { median, medianRatio, percentile } from './statistics';

/** Of every system, each call. */
const LATENCY_MS = 20;
const CONNECTIONS = 20;
const WARM_UP = 20;
const DONE_TIMEOUT_MS = 240_000;

/** How much is measured, on each side. */
export interface VipCouponSize {
  rounds: number;
  /** Purchases of one round, all at once. */
  purchases: number;
  /** Purchases one after the other. */
  singles: number;
}

export const FULL_SIZE: VipCouponSize = { rounds: 3, purchases: 300, singles: 30 };
export const QUICK_SIZE: VipCouponSize = { rounds: 1, purchases: 30, singles: 5 };

interface Side {
  title: string;
  /** Begins the buyers' addresses. */
  prefix: string;
  url: string;
}

interface Measured {
  /** From the POST to the e-mail, in milliseconds; one for each purchase that got one. */
  latencies: number[];
  eventsPerSecond: number;
  /** Of n8n's process. */
  cpuPerEvent: number;
  /** At the sandbox's systems. */
  requestsPerEvent: number;
  refused: number;
  failed: number;
}

class Contest {
  /** Everything bought, for the verdict. */
  readonly purchases = new Map<Side, Purchase[]>();
  private bought = 0;

  constructor(private readonly bench: BenchStack) {}

  /** Buys, posts the webhooks, and waits until nothing is left to do. */
  async run(side: Side, count: number, connections: number): Promise<Measured> {
    const { sandbox, pid } = this.bench;
    this.bought += 1;
    const purchases = await buy(sandbox, `${side.prefix}${this.bought}-`, count);
    this.purchases.set(side, [...(this.purchases.get(side) ?? []), ...purchases]);
    await takeLog(sandbox);
    const cpuBefore = cpuTime(pid);
    const requests = purchases.map(({ payload }) => signed(payload));
    const { calls, refused, failed } = await load({ url: side.url, requests, connections });
    await this.untilDone();
    const cpu = cpuTime(pid) - cpuBefore;
    const log = await takeLog(sandbox);
    const contacts = await contactIds(sandbox);
    const start = Math.min(...calls.map(({ sentAt }) => sentAt));
    const ends: number[] = [];
    const latencies: number[] = [];
    for (const { index, sentAt } of calls) {
      const end = log.sentAt.get(contacts.get(purchases[index]?.email ?? '') ?? 0);
      if (end === undefined) continue;
      ends.push(end);
      latencies.push(end - sentAt);
    }
    return {
      latencies,
      eventsPerSecond: ends.length / ((Math.max(...ends) - start) / 1000),
      cpuPerEvent: cpu / count,
      requestsPerEvent: log.requests / count,
      refused,
      failed,
    };
  }

  /** The peer is done when it has answered; ours when every delivery is settled. */
  private async untilDone(): Promise<void> {
    const { count, stack } = this.bench;
    const isDone = await waitFor(
      async () =>
        (await count(`select count(*)::int as count from lifecycle.delivery where state <> 'done'`)) === 0 ||
        undefined,
      { timeout: DONE_TIMEOUT_MS, every: 25 },
    );
    if (!isDone) throw new Error(`Some deliveries are still not done. See ${stack.logPath}.`);
  }
}

async function compare(bench: BenchStack, size: VipCouponSize): Promise<string[]> {
  for (const credential of peerCredentials(bench.stack.sandboxUrl))
    await bench.api.createCredential(credential);
  const peerUrl = await bench.publishPeer('vip-coupon-builtin', '/webhook/bench/vip-coupon');
  const ours: Side = { title: 'our nodes', prefix: 'ours', url: bench.stack.n8nUrl + STRIPE_WEBHOOK_PATH };
  const peer: Side = { title: 'built-in nodes', prefix: 'peer', url: peerUrl };
  const sides = [ours, peer];
  await bench.sandbox.call('PUT', '/sandbox/latency', { milliseconds: LATENCY_MS });

  const contest = new Contest(bench);
  for (const side of sides) await contest.run(side, WARM_UP, 2);
  const singles = new Map<Side, Measured[]>(sides.map((side) => [side, []]));
  for (let number = 0; number < size.singles; number += 1) {
    for (const side of number % 2 === 0 ? sides : [...sides].reverse()) {
      singles.get(side)?.push(await contest.run(side, 1, 1));
    }
  }
  const rounds = new Map<Side, Measured[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < size.rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      rounds.get(side)?.push(await contest.run(side, size.purchases, CONNECTIONS));
    }
  }

  const of = (measured: Map<Side, Measured[]>, side: Side): Measured[] => measured.get(side) ?? [];
  const latenciesOf = (measured: readonly Measured[]): number[] =>
    measured.flatMap(({ latencies }) => latencies);
  const rate = ({ eventsPerSecond }: Measured): number => eventsPerSecond;
  const lines = [
    table(
      ['', 'events/s', 'p50 ms', 'p95 ms', 'n8n CPU ms/event', 'calls/event', 'refused', 'failed'],
      [
        ['one at a time', singles] as const,
        [`${size.purchases} at ${CONNECTIONS} connections`, rounds] as const,
      ].flatMap(([what, measured]) =>
        sides.map((side) => {
          const runs = of(measured, side);
          const all = latenciesOf(runs);
          return [
            `${side.title}, ${what}`,
            measured === rounds ? figure(median(runs.map(rate))) : '',
            figure(percentile(all, 0.5)),
            figure(percentile(all, 0.95)),
            figure(median(runs.map(({ cpuPerEvent }) => cpuPerEvent))),
            figure(median(runs.map(({ requestsPerEvent }) => requestsPerEvent))),
            String(runs.reduce((sum, { refused }) => sum + refused, 0)),
            String(runs.reduce((sum, { failed }) => sum + failed, 0)),
          ];
        }),
      ),
    ),
    '',
    `Under load: ${ratio(medianRatio(of(rounds, ours).map(rate), of(rounds, peer).map(rate)))} the events per second ` +
      `(median of ${size.rounds} rounds)`,
    `A single event: ${ratio(
      percentile(latenciesOf(of(singles, ours)), 0.5) / percentile(latenciesOf(of(singles, peer)), 0.5),
    )} the time from the POST to the e-mail (p50)`,
  ];
  for (const side of sides) {
    const { purchases, right, lost, doubled } = await verify(
      bench.sandbox,
      contest.purchases.get(side) ?? [],
    );
    lines.push(
      `${side.title}: of ${purchases} purchases ${right} have one code, one VIP contact and one e-mail; ` +
        `${lost} got no e-mail, ${doubled} got several`,
    );
  }
  return lines;
}

/** A purchase up to its e-mail, against the same job from n8n's built-in nodes, in one n8n. */
export async function vipCoupon(options: BenchOptions, size: VipCouponSize): Promise<void> {
  const lines = await withStack(options, { tuned: true }, (bench) => compare(bench, size));
  options.progress.say(`\nThe stack's settings, ${LATENCY_MS} ms latency of every outside call\n`);
  for (const line of lines) options.progress.say(line);
}
