import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { STRIPE_WEBHOOK_PATH } from '../sandbox/identities';
import { waitFor } from '../stack/wait';
import { GROUPS, cpuProfileSchema, heaviest, timeByGroup, type CpuProfile } from './cpu-profile';
import { UNHANDLED_TYPE } from './event-types';
import { load } from './load';
import { buy, copyEvent, signed } from './purchases';
import { figure, table } from './report';
import { withStack, type BenchOptions, type BenchStack } from './stack';

const CONNECTIONS = 10;
const WARM_UP_CALLS = 200;
const WRITE_TIMEOUT_MS = 60_000;
const SHOWN_FUNCTIONS = 12;

/** Others would work on the same events. */
const PUBLISHED = ['intake'];

/** Calls that are profiled. */
export const FULL_SIZE = 2_000;
export const QUICK_SIZE = 200;

async function recordProfile(
  bench: BenchStack,
  file: string,
  calls: number,
): Promise<{ profile: CpuProfile; answers: number }> {
  const [purchase] = await buy(bench.sandbox, 'template', 1);
  if (!purchase) throw new Error('The sandbox sold nothing.');
  const url = bench.stack.n8nUrl + STRIPE_WEBHOOK_PATH;
  const run = (count: number) => {
    const requests = Array.from({ length: count }, () => signed(copyEvent(purchase.payload, UNHANDLED_TYPE)));
    return load({ url, requests, connections: CONNECTIONS });
  };
  await run(WARM_UP_CALLS);
  process.kill(bench.pid, 'SIGUSR2');
  const { accepted } = await run(calls);
  process.kill(bench.pid, 'SIGUSR2');
  const profile = await waitFor(
    async () => {
      if (!existsSync(file)) return undefined;
      try {
        return cpuProfileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        // Not written to its end yet.
        return undefined;
      }
    },
    { timeout: WRITE_TIMEOUT_MS },
  );
  if (!profile) throw new Error(`n8n wrote no profile. See ${bench.stack.logPath}.`);
  return { profile, answers: accepted.length };
}

/** Whose code n8n's CPU time goes to while webhooks are taken in and stored. */
export async function profile({ progress, ...options }: BenchOptions, calls: number): Promise<void> {
  for (const tuned of [false, true]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'lifecycle-profile-'));
    const file = path.join(folder, 'n8n.cpuprofile');
    const n8nEnvironment = {
      NODE_OPTIONS: `--require "${path.join(__dirname, 'profiler.cjs')}"`,
      LIFECYCLE_BENCH_PROFILE: file,
    };
    try {
      const { profile: recorded, answers } = await withStack(
        { progress, ...options },
        { tuned, n8nEnvironment, published: PUBLISHED },
        (bench) => recordProfile(bench, file, tuned ? calls : calls / 4),
      );
      const times = timeByGroup(recorded);
      const busy = [...times].reduce((sum, [group, time]) => (group === 'idle' ? sum : sum + time), 0);
      progress.say(`\n${tuned ? "The stack's settings" : "n8n's own settings"}: ${answers} calls\n`);
      progress.say(
        table(
          ['', 'ms/call', '% of busy time'],
          GROUPS.filter((group) => group !== 'idle').map((group) => {
            const time = times.get(group) ?? 0;
            return [group, figure(time / answers), figure((time / busy) * 100)];
          }),
        ),
      );
      progress.say('\nOf our package:');
      for (const { name, milliseconds } of heaviest(recorded, 'our package', SHOWN_FUNCTIONS)) {
        progress.say(`  ${figure((milliseconds * 1000) / answers)} µs/call  ${name}`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
