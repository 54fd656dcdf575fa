import { setTimeout as sleep } from 'node:timers/promises';
import { STRIPE_WEBHOOK_PATH } from '../sandbox/identities';
import { HANDLED_TYPE, UNHANDLED_TYPE } from './event-types';
import { load, type LoadOptions, type LoadResult, type PreparedRequest } from './load';
import { cpuTime } from './process-usage';
import { buy, copyEvent, signed } from './purchases';
import { figure, ratio, table } from './report';
import { withStack, type BenchOptions, type BenchStack } from './stack';
import { median, medianRatio, percentile } from './statistics';

const CONNECTIONS = [10, 100] as const;
const WARM_UP_CALLS = 40;
/** An execution goes on after its webhook was answered; its CPU time is part of the call's. */
const AFTERMATH_MS = 1_500;

/** Others would work on the same events. */
const PUBLISHED = ['intake', 'vip-coupon'];

/** How much is measured. */
export interface IngestSize {
  rounds: number;
  /** Of one side in one round. */
  milliseconds: number;
}

export const FULL_SIZE: IngestSize = { rounds: 5, milliseconds: 5_000 };
export const QUICK_SIZE: IngestSize = { rounds: 1, milliseconds: 3_000 };
/** More than any side can answer in one second. */
const MOST_PER_SECOND = 1_000;

interface Side {
  title: string;
  url: string;
  /** Type of the events that are sent. */
  type: string;
  isStored: boolean;
}

interface Round extends LoadResult {
  /** Of n8n's process, per answered call, in milliseconds. */
  cpuPerCall: number;
}

async function measure({ pid }: BenchStack, options: LoadOptions): Promise<Round> {
  const before = cpuTime(pid);
  const result = await load(options);
  await sleep(AFTERMATH_MS);
  return { ...result, cpuPerCall: (cpuTime(pid) - before) / result.accepted.length };
}

function prepare(template: string, type: string, count: number): PreparedRequest[] {
  return Array.from({ length: count }, () => signed(copyEvent(template, type)));
}

const rateOf = ({ accepted, durationMs }: Round): number => accepted.length / (durationMs / 1000);

function row(side: Side, connections: number, rounds: readonly Round[]): string[] {
  const calls = rounds.flatMap(({ accepted }) => accepted);
  const latencies = calls.map(({ sentAt, answeredAt }) => answeredAt - sentAt);
  const sum = (pick: (round: Round) => number): number =>
    rounds.reduce((total, each) => total + pick(each), 0);
  return [
    side.title,
    String(connections),
    figure(median(rounds.map(rateOf))),
    figure(percentile(latencies, 0.5)),
    figure(percentile(latencies, 0.99)),
    figure(median(rounds.map(({ cpuPerCall }) => cpuPerCall))),
    String(sum(({ refused }) => refused)),
    String(sum(({ failed }) => failed)),
  ];
}

/** The rounds of each side at each number of connections. */
type Results = ReadonlyMap<Side, ReadonlyMap<number, Round[]>>;

async function runRounds(
  bench: BenchStack,
  size: IngestSize,
  sides: readonly Side[],
): Promise<{ results: Results; stored: number }> {
  const [purchase] = await buy(bench.sandbox, 'template', 1);
  if (!purchase) throw new Error('The sandbox sold nothing.');
  const results = new Map(
    sides.map((side) => [
      side,
      new Map<number, Round[]>(CONNECTIONS.map((connections) => [connections, []])),
    ]),
  );
  let stored = 0;
  for (const side of sides) {
    const requests = prepare(purchase.payload, side.type, WARM_UP_CALLS);
    const { accepted } = await load({ url: side.url, requests, connections: 10 });
    if (side.isStored) stored += accepted.length;
  }
  const most = Math.ceil((size.milliseconds / 1000) * MOST_PER_SECOND);
  for (let round = 0; round < size.rounds; round += 1) {
    const first = round % sides.length;
    for (const connections of CONNECTIONS) {
      // Each goes first, second and last in turn.
      for (const side of [...sides.slice(first), ...sides.slice(0, first)]) {
        const result = await measure(bench, {
          url: side.url,
          requests: prepare(purchase.payload, side.type, most),
          connections,
          milliseconds: size.milliseconds,
        });
        if (side.isStored) stored += result.accepted.length;
        results.get(side)?.get(connections)?.push(result);
      }
    }
  }
  return { results, stored };
}

async function compare(bench: BenchStack, size: IngestSize): Promise<string[]> {
  const handler = await bench.api.workflow('vip-coupon');
  if (!handler) throw new Error('n8n has no workflow "vip-coupon".');
  await bench.api.unpublish(handler);
  const url = bench.stack.n8nUrl + STRIPE_WEBHOOK_PATH;
  const intake: Side = { title: 'intake: verified, stored', url, type: UNHANDLED_TYPE, isStored: true };
  const delivering: Side = { title: 'intake: with a delivery', url, type: HANDLED_TYPE, isStored: true };
  const bare: Side = {
    title: "n8n's Webhook node",
    url: await bench.publishPeer('bare-webhook', '/webhook/bench/bare'),
    type: UNHANDLED_TYPE,
    isStored: false,
  };
  const sides = [intake, bare, delivering];
  const { results, stored } = await runRounds(bench, size, sides);
  const events = await bench.count('select count(*)::int as count from lifecycle.event');
  const deliveries = await bench.count('select count(*)::int as count from lifecycle.delivery');

  const roundsOf = (side: Side, connections: number): Round[] => results.get(side)?.get(connections) ?? [];
  const lines = [
    table(
      ['', 'connections', 'answers/s', 'p50 ms', 'p99 ms', 'n8n CPU ms/call', 'refused', 'failed'],
      CONNECTIONS.flatMap((connections) =>
        sides.map((side) => row(side, connections, roundsOf(side, connections))),
      ),
    ),
    '',
  ];
  for (const connections of CONNECTIONS) {
    for (const side of [intake, delivering]) {
      const against = (pick: (round: Round) => number): string =>
        ratio(medianRatio(roundsOf(side, connections).map(pick), roundsOf(bare, connections).map(pick)));
      lines.push(
        `${side.title}, ${connections} connections: ${against(rateOf)} the answers of the Webhook node, ` +
          `${against(({ cpuPerCall }) => cpuPerCall)} its CPU time per call (medians of ${size.rounds} rounds)`,
      );
    }
  }
  const isComplete = events === stored;
  lines.push(
    `Stored: ${events} events for ${stored} answers of the intake` +
      `${isComplete ? '' : ' — THESE SHOULD BE EQUAL'}; ${deliveries} deliveries wait for their handler.`,
  );
  return lines;
}

/** Taking in signed webhooks, against n8n's own Webhook node that only answers, with n8n's own settings and tuned. */
export async function ingest(options: BenchOptions, size: IngestSize): Promise<void> {
  for (const tuned of [false, true]) {
    const lines = await withStack(options, { tuned, published: PUBLISHED }, (bench) => compare(bench, size));
    options.progress.say(`\n${tuned ? "The stack's settings" : "n8n's own settings"}\n`);
    for (const line of lines) options.progress.say(line);
  }
}
