import { APP_EVENTS_WEBHOOK_PATH } from '../sandbox/identities';
import {
  cells,
  columns,
  inTurns,
  latency,
  measured,
  ratioOf,
  type Job,
  type Measured,
  type Side,
} from './contest';
import { load } from './load';
import { sendWebhooksTo } from './mautic-webhooks';
import { peerCredentials } from './peer-credentials';
import { cpuTime } from './process-usage';
import { figure, ratio, table } from './report';
import { awaitExecutions, awaitSettled } from './settled';
import { withStack, type BenchOptions, type BenchStack } from './stack';
import { signUps, takeUserLog, verify, type User } from './users';

/** Others would work on the same events. */
const PUBLISHED = ['intake', 'user-registered'];

/** Of every system, each call. */
const LATENCY_MS = 20;
const WARM_UP = 20;

/** How much is measured, on each side. */
export interface UserEventsSize {
  rounds: number;
  /** Sign-ups of one round, all at once. */
  users: number;
  /** Sign-ups one after the other. */
  singles: number;
  /** Sign-ups at once, of our side alone: what becomes of the time when there are ten times as many. */
  crowd: number;
}

export const FULL_SIZE: UserEventsSize = { rounds: 3, users: 100, singles: 20, crowd: 1_000 };
export const QUICK_SIZE: UserEventsSize = { rounds: 1, users: 20, singles: 3, crowd: 60 };

interface Taker extends Side {
  /** Where it takes in the application's events. */
  url: string;
}

interface Run extends Measured {
  /** From the first report to the last person, in milliseconds. */
  duration: number;
  refused: number;
  failed: number;
}

class Contest {
  /** Everybody who has signed up, for the verdict. */
  private readonly users = new Map<Taker, User[]>();
  private round = 0;

  constructor(private readonly bench: BenchStack) {}

  /** Reports so many sign-ups at once, and waits until nothing is left to do. The clock runs from the report to the person. */
  async run(side: Taker, count: number): Promise<Run> {
    const { bench } = this;
    this.round += 1;
    const users = signUps(`${side.prefix}${this.round}-`, count);
    this.users.set(side, [...(this.users.get(side) ?? []), ...users]);
    await takeUserLog(bench.sandbox);
    const cpuBefore = cpuTime(bench.pid);
    const requests = users.map(({ request }) => request);
    const { calls, refused, failed } = await load({
      url: side.url,
      requests,
      connections: Math.min(count, 100),
    });
    await awaitSettled(bench);
    await awaitExecutions(bench);
    const cpu = cpuTime(bench.pid) - cpuBefore;
    const log = await takeUserLog(bench.sandbox);
    const jobs = calls.map(({ index, sentAt }): Job => ({
      startedAt: sentAt,
      endedAt: log.doneAt.get(users[index]?.email ?? ''),
    }));
    const startedAt = Math.min(...jobs.map((job) => job.startedAt));
    return {
      ...measured(jobs, { cpu, calls: log.calls }),
      duration: Math.max(...log.doneAt.values()) - startedAt,
      refused,
      failed,
    };
  }

  async verdict(side: Taker): Promise<string> {
    const { total, right, lost, doubled } = await verify(this.bench.sandbox, this.users.get(side) ?? []);
    return (
      `${side.title}: of ${total} users ${right} are in Mautic with their fields, segments and campaign and in Twenty, once; ` +
      `${lost} lack something, ${doubled} are there twice`
    );
  }
}

async function compare(bench: BenchStack, size: UserEventsSize): Promise<string[]> {
  // What Mautic tells of its contacts is another workflow's work; Twenty's limit would stop the peer.
  await sendWebhooksTo(bench);
  await bench.sandbox.call('POST', '/sandbox/twenty/actions/setLimits', { limits: [] });
  for (const credential of peerCredentials(bench.stack.sandboxUrl))
    await bench.api.createCredential(credential);
  const peerUrl = await bench.publishPeer('user-registered-builtin', '/webhook/bench/user-registered');
  const ours: Taker = {
    title: 'our nodes',
    prefix: 'ours',
    url: bench.stack.n8nUrl + APP_EVENTS_WEBHOOK_PATH,
  };
  const peer: Taker = { title: 'built-in nodes', prefix: 'peer', url: peerUrl };
  const sides = [ours, peer] as const;
  await bench.sandbox.call('PUT', '/sandbox/latency', { milliseconds: LATENCY_MS });

  const contest = new Contest(bench);
  for (const side of sides) await contest.run(side, WARM_UP);
  const singles = await inTurns(sides, size.singles, (side) => contest.run(side, 1));
  const rounds = await inTurns(sides, size.rounds, (side) => contest.run(side, size.users));
  const crowd = await contest.run(ours, size.crowd);
  const ourDurations = (rounds.get(ours) ?? []).map(({ duration }) => duration);

  const rowsOf = (runs: typeof rounds, what: string): string[][] =>
    sides.map((side) => {
      const all = runs.get(side) ?? [];
      return [
        ...cells(runs, side, { what, isRateShown: runs === rounds }),
        String(all.reduce((sum, { refused, failed }) => sum + refused + failed, 0)),
      ];
    });
  const underLoad = (pick: (run: Run) => number): string => ratio(ratioOf(rounds, sides, pick));
  const lines = [
    table(
      [...columns('event'), 'refused or failed'],
      [...rowsOf(singles, 'one at a time'), ...rowsOf(rounds, `${size.users} at once`)],
    ),
    '',
    `${size.users} at once: ${underLoad(({ perSecond }) => perSecond)} the events per second, ` +
      `${underLoad(({ callsPerJob }) => callsPerJob)} the calls to the outside systems (medians of ${size.rounds} rounds); ` +
      `ours are done after ${ourDurations.map((duration) => figure(duration / 1000)).join(', ')} s`,
    `A single event: ${ratio(latency(singles, ours, 0.5) / latency(singles, peer, 0.5))} the time to the person (p50)`,
    `${size.crowd} at once, our nodes: done after ${figure(crowd.duration / 1000)} s, ` +
      `${ratio(crowd.duration / Math.min(...ourDurations))} the time of ${size.users}; ` +
      `${figure(crowd.callsPerJob)} calls per event`,
  ];
  for (const side of sides) lines.push(await contest.verdict(side));
  return lines;
}

/** Sign-ups up to Mautic and Twenty, against the same job from n8n's built-in nodes, in one n8n. */
export async function userEvents(options: BenchOptions, size: UserEventsSize): Promise<void> {
  const lines = await withStack(options, { tuned: true, published: PUBLISHED }, (bench) =>
    compare(bench, size),
  );
  options.progress.say(`\nThe stack's settings, ${LATENCY_MS} ms latency of every outside call\n`);
  for (const line of lines) options.progress.say(line);
}
