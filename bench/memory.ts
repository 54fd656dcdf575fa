import { setTimeout as sleep } from 'node:timers/promises';
import { STRIPE_WEBHOOK_PATH } from '../sandbox/identities';
import { waitFor } from '../stack/wait';
import { verify } from './fulfilment';
import { load } from './load';
import { residentMemory } from './process-usage';
import { buy, signed, type Purchase } from './purchases';
import { figure, table } from './report';
import { withStack, type BenchOptions, type BenchStack } from './stack';
import { median } from './statistics';

const CONNECTIONS = 20;
/** Bought and posted together, so that no signature gets too old. */
const PORTION = 500;
const SETTLE_MS = 30_000;
const READINGS = 11;
const READING_PAUSE_MS = 1_000;
const DONE_TIMEOUT_MS = 240_000;

/** Numbers of events after which memory is read. */
export const FULL_SIZE: readonly number[] = [1_000, 3_000, 5_000];
export const QUICK_SIZE: readonly number[] = [100, 200];

async function readMemory(pid: number): Promise<number> {
  await sleep(SETTLE_MS);
  const readings: number[] = [];
  for (let reading = 0; reading < READINGS; reading += 1) {
    readings.push(residentMemory(pid));
    await sleep(READING_PAUSE_MS);
  }
  return median(readings);
}

async function play({ sandbox, stack, count }: BenchStack, from: number, to: number): Promise<Purchase[]> {
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
  const isDone = await waitFor(
    async () =>
      (await count(`select count(*)::int as count from lifecycle.delivery where state <> 'done'`)) === 0 ||
      undefined,
    { timeout: DONE_TIMEOUT_MS },
  );
  if (!isDone) throw new Error(`Some deliveries are still not done. See ${stack.logPath}.`);
  return purchases;
}

/** Resident memory of n8n after more and more purchases, each up to its e-mail. */
export async function memory(options: BenchOptions, sizes: readonly number[]): Promise<void> {
  const { progress } = options;
  const lines = await withStack(options, { tuned: true }, async (bench) => {
    const readings: number[] = [];
    const purchases: Purchase[] = [];
    let played = 0;
    for (const size of sizes) {
      await progress.step(`${size} events`, async () => {
        purchases.push(...(await play(bench, played, size)));
        played = size;
        readings.push(await readMemory(bench.pid));
      });
    }
    const first = readings[0] ?? NaN;
    const last = readings.at(-1) ?? NaN;
    const { right } = await verify(bench.sandbox, purchases);
    return [
      table(
        ['events', 'MiB', 'of the first'],
        sizes.map((size, index) => {
          const reading = readings[index] ?? NaN;
          return [String(size), reading.toFixed(0), figure(reading / first)];
        }),
      ),
      '',
      `After ${sizes.at(-1)} events ${figure(last / first)} times the memory of after ${sizes[0]}. ` +
        `${right} of ${purchases.length} purchases have one code, one VIP contact and one e-mail.`,
    ];
  });
  progress.say('');
  for (const line of lines) progress.say(line);
}
