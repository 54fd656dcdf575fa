import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { z } from 'zod/v4';
import { MAUTIC_WEBHOOK_PATH } from '../sandbox/identities';
import { WORKFLOWS_FOLDER } from '../stack/paths';
import { awaitPublication } from '../stack/sync';
import { readWorkflows } from '../stack/workflow-file';
import { enrol, optIn, type Backer } from './backers';
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
import { liftLimits, readLimits, shortestTime } from './discord-limits';
import { verify } from './invites';
import { sendWebhooksTo } from './mautic-webhooks';
import { peerCredentials } from './peer-credentials';
import { cpuTime } from './process-usage';
import { figure, ratio, table } from './report';
import { takeLog, type SentLog } from './sandbox-log';
import { awaitExecutions, awaitSettled } from './settled';
import { withStack, type BenchOptions, type BenchStack } from './stack';

/** Others would work on the same events. */
const PUBLISHED = ['intake', 'discord-invite'];

/** Of every system, each call. */
const LATENCY_MS = 20;
/** As a Mautic with so many PHP processes: the other opt-ins wait at its door. */
const SAVES_AT_A_TIME = 50;
const WARM_UP = 10;
/** Of the Mautic Trigger in the peer's workflow. */
const PEER_WEBHOOK_PATH = '/webhook/bench-discord-invite/webhook';
const HANDLER_ID = 'discord-invite';
const guardSchema = z.looseObject({
  type: z.literal('n8n-nodes-lifecycle.mauticContactGuard'),
  parameters: z.looseObject({ operation: z.literal('check').optional() }),
});
/** The guard's waits at zero, as the peer's are. */
const NO_WAITS = { jitterMinSeconds: 0, jitterMaxSeconds: 0, recheckMinSeconds: 0, recheckMaxSeconds: 0 };

/** How much is measured, on each side. */
export interface DiscordInviteSize {
  rounds: number;
  /** Contacts of one round, all at once. */
  contacts: number;
  /** Contacts one after the other. */
  singles: number;
  /** Contacts at once with Discord's limits, of our side. */
  limited: number;
}

export const FULL_SIZE: DiscordInviteSize = { rounds: 3, contacts: 200, singles: 20, limited: 100 };
export const QUICK_SIZE: DiscordInviteSize = { rounds: 1, contacts: 20, singles: 3, limited: 20 };

interface Inviter extends Side {
  /** Where it takes in Mautic's webhooks, below n8n's address. */
  webhookPath: string;
}

interface Run extends Measured {
  backers: readonly Backer[];
  log: SentLog;
  /** From the opt-ins to the last e-mail, in milliseconds. */
  duration: number;
}

class Contest {
  /** Everybody who has opted in, for the verdict. */
  private readonly backers = new Map<Inviter, Backer[]>();
  private enrolled = 0;

  constructor(private readonly bench: BenchStack) {}

  /**
   * Lets so many contacts opt in at once, and waits until nothing is left to do. The clock runs from that moment, for all of
   * them, to the e-mail. Each save of a link makes Mautic tell of one more update, which is part of the work.
   */
  async run(side: Inviter, count: number): Promise<Run> {
    const { bench } = this;
    this.enrolled += 1;
    await sendWebhooksTo(bench);
    const backers = await enrol(bench.sandbox, `${side.prefix}${this.enrolled}-`, count);
    this.backers.set(side, [...(this.backers.get(side) ?? []), ...backers]);
    await sendWebhooksTo(bench, side.webhookPath);
    await takeLog(bench.sandbox);
    const cpuBefore = cpuTime(bench.pid);
    const startedAt = Date.now();
    const atATime = pLimit(SAVES_AT_A_TIME);
    await Promise.all(backers.map((backer) => atATime(() => optIn(bench.sandbox, backer))));
    await awaitSettled(bench);
    await awaitExecutions(bench);
    const cpu = cpuTime(bench.pid) - cpuBefore;
    const log = await takeLog(bench.sandbox);
    const jobs = backers.map(({ contactId }): Job => ({ startedAt, endedAt: log.sentAt.get(contactId) }));
    return {
      ...measured(jobs, { cpu, calls: log.calls }),
      backers,
      log,
      duration: Math.max(...log.sentAt.values()) - startedAt,
    };
  }

  async verdict(side: Inviter): Promise<string> {
    return verdictLine(this.bench, side, this.backers.get(side) ?? []);
  }
}

async function verdictLine(
  { sandbox }: BenchStack,
  { title }: Side,
  backers: readonly Backer[],
): Promise<string> {
  const { total, right, lost, doubled } = await verify(sandbox, backers);
  return (
    `${title}: of ${total} contacts ${right} have one stored link, one live invite, one e-mail and one lead; ` +
    `${lost} lack something, ${doubled} have something twice`
  );
}

/** Publishes the workflow as it ships but for the waits of its guard, which are there while it checks. */
async function publishWithoutWaits({ api }: BenchStack): Promise<void> {
  const file = readWorkflows(WORKFLOWS_FOLDER).find(({ content }) => content.id === HANDLER_ID);
  if (!file) throw new Error(`There is no workflow "${HANDLER_ID}" in ${WORKFLOWS_FOLDER}.`);
  const nodes = file.content.nodes.map((node) => {
    const guard = guardSchema.safeParse(node);
    if (!guard.success) return node;
    return { ...node, parameters: { ...guard.data.parameters, ...NO_WAITS } };
  });
  const workflow = await api.updateWorkflow({ ...file.content, nodes });
  await api.publish(workflow);
  await awaitPublication(api, workflow);
}

async function setUp(bench: BenchStack): Promise<readonly [Inviter, Inviter]> {
  const { api, stack } = bench;
  await publishWithoutWaits(bench);
  for (const credential of peerCredentials(stack.sandboxUrl)) await api.createCredential(credential);
  await bench.publishPeer('discord-invite-builtin', PEER_WEBHOOK_PATH);
  return [
    { title: 'our nodes', prefix: 'ours', webhookPath: MAUTIC_WEBHOOK_PATH },
    { title: 'built-in nodes', prefix: 'peer', webhookPath: PEER_WEBHOOK_PATH },
  ];
}

async function compare(
  contest: Contest,
  sides: readonly [Inviter, Inviter],
  size: DiscordInviteSize,
): Promise<string[]> {
  const [ours, peer] = sides;
  for (const side of sides) await contest.run(side, WARM_UP);
  const singles = await inTurns(sides, size.singles, (side) => contest.run(side, 1));
  const rounds = await inTurns(sides, size.rounds, (side) => contest.run(side, size.contacts));
  const rowsOf = (runs: typeof rounds, what: string): string[][] =>
    sides.map((side) => cells(runs, side, { what, isRateShown: runs === rounds }));
  const underLoad = (pick: (run: Run) => number): string => ratio(ratioOf(rounds, sides, pick));
  const singlesRatio = latency(singles, ours, 0.5) / latency(singles, peer, 0.5);
  return [
    table(columns('contact'), [
      ...rowsOf(singles, 'one at a time'),
      ...rowsOf(rounds, `${size.contacts} at once`),
    ]),
    '',
    `${size.contacts} at once: ${underLoad(({ perSecond }) => perSecond)} the contacts per second, ` +
      `${underLoad(({ callsPerJob }) => callsPerJob)} the calls to the outside systems (medians of ${size.rounds} rounds), ` +
      `${ratio(latency(rounds, ours, 0.95) / latency(rounds, peer, 0.95))} the time to the e-mail (p95)`,
    `A single contact: ${ratio(singlesRatio)} the time to the e-mail (p50)`,
    await contest.verdict(ours),
    await contest.verdict(peer),
  ];
}

/** How close to Discord's limit we get, and whether anybody notices it. */
async function underLimits(
  bench: BenchStack,
  contest: Contest,
  side: Inviter,
  count: number,
): Promise<string[]> {
  const limits = await readLimits(bench.sandbox);
  await contest.run(side, WARM_UP);
  // What the warm-up has used up comes back.
  await sleep(limits.inviteWindowMs);
  const run = await contest.run(side, count);
  const failed = await bench.count(
    'select count(*)::int as count from lifecycle.delivery where last_failure is not null',
  );
  const vips = run.backers.filter(({ isVip }) => isVip).length;
  const shortest = shortestTime([vips, count - vips], limits);
  return [
    `${count} contacts at once, ${limits.inviteLimit} invites per channel every ${limits.inviteWindowMs / 1000} s: ` +
      `the last e-mail after ${figure(run.duration / 1000)} s; by the limit alone ${figure(shortest / 1000)} s, ` +
      ratio(run.duration / shortest),
    `${run.log.throttled} calls were answered 429; ${failed} deliveries had a failure`,
    await verdictLine(bench, side, run.backers),
  ];
}

/** An opt-in up to its invite e-mail, against the same flow from n8n's built-in nodes, in one n8n. */
export async function discordInvite(options: BenchOptions, size: DiscordInviteSize): Promise<void> {
  const { progress } = options;
  const { limited, unlimited } = await withStack(
    options,
    { tuned: true, published: PUBLISHED },
    async (bench) => {
      const sides = await setUp(bench);
      await bench.sandbox.call('PUT', '/sandbox/latency', { milliseconds: LATENCY_MS });
      const contest = new Contest(bench);
      // First: whoever has met Discord without limits would not expect any.
      const limited = await underLimits(bench, contest, sides[0], size.limited);
      await liftLimits(bench.sandbox);
      return { limited, unlimited: await compare(contest, sides, size) };
    },
  );
  progress.say(
    `\nThe stack's settings, ${LATENCY_MS} ms latency of every outside call, Discord without limits\n`,
  );
  for (const line of unlimited) progress.say(line);
  progress.say("\nWith Discord's limits, our nodes\n");
  for (const line of limited) progress.say(line);
}
