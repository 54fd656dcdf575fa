import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod/v4';
import { STRIPE_WEBHOOK_PATH } from '../sandbox/identities';
import { verify } from './fulfilment';
import { load } from './load';
import { sendWebhooksTo } from './mautic-webhooks';
import { residentMemory } from './process-usage';
import { buy, signed, type Purchase } from './purchases';
import { figure, table } from './report';
import { awaitSettled } from './settled';
import { withStack, type BenchOptions, type BenchStack } from './stack';
import { median } from './statistics';

const CONNECTIONS = 20;
/** Bought and posted together, so that no signature gets too old. */
const PORTION = 500;
/** Garbage is collected so often: V8 gives the pages that one collection freed back to the system at the next. */
const COLLECTIONS = 4;
const COLLECTION_PAUSE_MS = 5_000;
const READINGS = 5;
const READING_PAUSE_MS = 1_000;

/** Others would work on the same events. */
const PUBLISHED = ['intake', 'vip-coupon'];

/** Numbers of events after which memory is read. */
export const FULL_SIZE: readonly number[] = [1_000, 3_000, 5_000];
export const QUICK_SIZE: readonly number[] = [100, 200];

const usageSchema = z.object({ heapUsed: z.number() });

/** What n8n holds on to; both in MiB. */
interface Reading {
  resident: number;
  /** JavaScript objects that are still reachable. */
  heap: number;
}

/**
 * Memory without garbage: when V8 collects that of its own accord moves the resident memory of an idle n8n by some
 * hundred MiB from one minute to the next.
 */
async function readMemory(pid: number, file: string): Promise<Reading> {
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    process.kill(pid, 'SIGUSR2');
    await sleep(COLLECTION_PAUSE_MS);
  }
  const readings: number[] = [];
  for (let reading = 0; reading < READINGS; reading += 1) {
    readings.push(residentMemory(pid));
    await sleep(READING_PAUSE_MS);
  }
  const { heapUsed } = usageSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { resident: median(readings), heap: heapUsed / 1024 ** 2 };
}

async function play(bench: BenchStack, from: number, to: number): Promise<Purchase[]> {
  const { sandbox, stack } = bench;
  const purchases: Purchase[] = [];
  for (let first = from; first < to; first += PORTION) {
    const portion = await buy(sandbox, `memory${first}-`, Math.min(PORTION, to - first));
    const requests = portion.map(({ payload }) => signed(payload));
    const { accepted } = await load({
      url: stack.n8nUrl + STRIPE_WEBHOOK_PATH,
      requests,
      connections: CONNECTIONS,
    });
    if (accepted.length !== portion.length) {
      throw new Error(`${portion.length - accepted.length} of ${portion.length} webhooks were not accepted.`);
    }
    purchases.push(...portion);
  }
  await awaitSettled(bench);
  return purchases;
}

async function playAndRead(
  bench: BenchStack,
  { progress }: BenchOptions,
  sizes: readonly number[],
  file: string,
): Promise<string[]> {
  // What Mautic tells of its contacts is another workflow's work.
  await sendWebhooksTo(bench);
  const readings: Reading[] = [];
  const purchases: Purchase[] = [];
  for (const size of sizes) {
    await progress.step(`${size} events`, async () => {
      purchases.push(...(await play(bench, purchases.length, size)));
      readings.push(await readMemory(bench.pid, file));
    });
  }
  const [first] = readings;
  if (!first) throw new Error('Nothing was measured.');
  const { right } = await verify(bench.sandbox, purchases);
  return [
    table(
      ['events', 'resident MiB', 'of the first', 'heap MiB', 'of the first'],
      readings.map(({ resident, heap }, index) => [
        String(sizes[index]),
        resident.toFixed(0),
        figure(resident / first.resident),
        heap.toFixed(0),
        figure(heap / first.heap),
      ]),
    ),
    '',
    `${right} of ${purchases.length} purchases have one code, one VIP contact and one e-mail.`,
  ];
}

/** Resident memory of n8n after more and more purchases, each up to its e-mail. */
export async function memory(options: BenchOptions, sizes: readonly number[]): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lifecycle-memory-'));
  const file = path.join(folder, 'memory.json');
  const n8nEnvironment = {
    NODE_OPTIONS: `--require "${path.join(__dirname, 'collector.cjs')}"`,
    LIFECYCLE_BENCH_MEMORY: file,
  };
  try {
    const lines = await withStack(options, { tuned: true, n8nEnvironment, published: PUBLISHED }, (bench) =>
      playAndRead(bench, options, sizes, file),
    );
    options.progress.say('');
    for (const line of lines) options.progress.say(line);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
