import type { IDataObject, INodeParameters, INodeType } from 'n8n-workflow';
import { z } from 'zod/v4';
import { LifecycleResendApi } from '../credentials/LifecycleResendApi.credentials';
// With their endings: without one, tsx takes the JSON file of the same name.
import { LifecycleStore } from '../nodes/LifecycleStore/LifecycleStore.node.js';
import { ResendSend } from '../nodes/ResendSend/ResendSend.node.js';
import { RESEND_FROM, RESEND_KEY } from '../sandbox/identities';
import { openStore } from '../store';
import { connectionUrlOf } from '../nodes/shared/store';
import { executeNode, type FilledCredential } from '../test/support/execute-node';
import { storeCredential } from '../test/support/store-credential';
import { figure, table } from './report';
import type { SandboxControl } from './sandbox-control';
import { withServices, type BenchServices } from './services';
import type { BenchOptions } from './stack';
import { DUE_BY, seedCustomers, startsOf, TIPS } from './tips-sequence';

/** What Resend allows a second: so many calls, each with up to so many mails. */
const CALLS = 5;
const BATCH = 100;
/** As *Claim Due* has it by itself. */
const CLAIMED_AT_ONCE = 1_000;
/** Of the mails per second that the limit allows. */
const GOAL = 0.95;
/** Of each call to Resend. */
const LATENCY_MS = 20;

/** How much is measured. */
export interface ResendLimitSize {
  mails: number;
}

export const FULL_SIZE: ResendLimitSize = { mails: 10_000 };
export const QUICK_SIZE: ResendLimitSize = { mails: 2_000 };

/** One round of a claim, the sending and the marking, in milliseconds. */
interface Round {
  mails: number;
  claiming: number;
  sending: number;
  marking: number;
}

/** Sends what is due as *send-due-emails* does, without n8n around the nodes. */
async function sendAll(credentials: readonly FilledCredential[]): Promise<Round[]> {
  const run = async (
    node: INodeType,
    parameters: INodeParameters,
    items: readonly IDataObject[],
  ): Promise<{ items: IDataObject[]; milliseconds: number }> => {
    const startedAt = performance.now();
    const [first = []] = await executeNode({ node, parameters, credentials }, items);
    return { items: first.map(({ json }) => json), milliseconds: performance.now() - startedAt };
  };
  const about = { resource: 'message', dueBy: DUE_BY[0]?.toISOString() ?? '' };
  const rounds: Round[] = [];
  for (;;) {
    const claim = await run(
      new LifecycleStore(),
      { ...about, operation: 'claimDue', mostMails: CLAIMED_AT_ONCE },
      [{}],
    );
    if (claim.items.length === 0) return rounds;
    const sent = await run(new ResendSend(), { resource: 'email', operation: 'sendBatch' }, claim.items);
    const mark = await run(new LifecycleStore(), { resource: 'message', operation: 'mark' }, sent.items);
    const failed = mark.items.find(({ state }) => state !== 'sent');
    if (failed !== undefined) throw new Error(`A mail was not sent: ${JSON.stringify(failed)}`);
    rounds.push({
      mails: claim.items.length,
      claiming: claim.milliseconds,
      sending: sent.milliseconds,
      marking: mark.milliseconds,
    });
  }
}

const callsSchema = z.array(z.object({ at: z.string(), path: z.string(), status: z.number() }));

/** Calls that sent mails, as the sandbox's Resend has them. */
async function takeCalls(sandbox: SandboxControl): Promise<z.output<typeof callsSchema>> {
  const calls = callsSchema.parse(await sandbox.call('GET', '/sandbox/requests?double=resend'));
  return calls.filter(({ path }) => path.endsWith('/emails/batch'));
}

async function measure(
  { sandbox, resendUrl, newDatabase }: BenchServices,
  { progress }: BenchOptions,
  { mails }: ResendLimitSize,
): Promise<string[]> {
  await sandbox.call('POST', '/sandbox/resend/actions/setRateLimit', { perSecond: CALLS });
  await sandbox.call('POST', '/sandbox/resend/actions/setQuota', { daily: null, monthly: null });
  await sandbox.call('POST', '/sandbox/resend/actions/setDelivery', { arrives: false, webhooks: 'held' });
  await sandbox.call('PUT', '/sandbox/latency', { milliseconds: LATENCY_MS });
  const credential = storeCredential(await newDatabase());
  const databaseUrl = connectionUrlOf(credential.data);
  const store = await openStore(databaseUrl);
  try {
    await progress.step(`${mails} mails planned`, async () => {
      await seedCustomers(databaseUrl, mails);
      for (let first = 0; first < mails; first += BATCH) {
        const count = Math.min(BATCH, mails - first);
        await store.sequences.start(
          { ...TIPS, steps: TIPS.steps.slice(0, 1) },
          startsOf(first, count),
          DUE_BY[0],
        );
      }
    });
    const resend = {
      type: new LifecycleResendApi(),
      data: { url: resendUrl, apiKey: RESEND_KEY, from: RESEND_FROM },
    };
    const startedAt = performance.now();
    const rounds = await progress.step('Claimed, sent and marked', () => sendAll([credential, resend]));
    const seconds = (performance.now() - startedAt) / 1000;
    return linesOf(rounds, await takeCalls(sandbox), { mails, seconds });
  } finally {
    await store.close();
  }
}

function linesOf(
  rounds: readonly Round[],
  calls: ReadonlyArray<{ at: string; status: number }>,
  { mails, seconds }: { mails: number; seconds: number },
): string[] {
  const sent = rounds.reduce((total, round) => total + round.mails, 0);
  if (sent !== mails) throw new Error(`${sent} of ${mails} mails were sent.`);
  const allowed = CALLS * BATCH;
  // The first call needs no waiting for, and there is nothing to wait for after the last one.
  const times = calls.map(({ at }) => Date.parse(at));
  const calling = (Math.max(...times) - Math.min(...times)) / 1000;
  const share = (part: number): string => `${figure(100 * part)} %`;
  const sum = (pick: (round: Round) => number): number =>
    rounds.reduce((total, round) => total + pick(round), 0) / 1000;
  const throttled = calls.filter(({ status }) => status === 429).length;
  const reached = mails / seconds / allowed;
  return [
    table(
      ['', 'seconds', 'of all'],
      [
        [
          'claimed',
          figure(sum(({ claiming }) => claiming)),
          share(sum(({ claiming }) => claiming) / seconds),
        ],
        [
          'rendered and sent',
          figure(sum(({ sending }) => sending)),
          share(sum(({ sending }) => sending) / seconds),
        ],
        ['marked', figure(sum(({ marking }) => marking)), share(sum(({ marking }) => marking) / seconds)],
      ],
    ),
    '',
    `${mails} mails in ${figure(seconds)} s, ${calls.length} calls, ${throttled} of them answered 429`,
    `Of the ${allowed} mails/s that the limit allows: ${share(reached)} from the first claim to the last mark; ` +
      `between the first call and the last ${share((calls.length - 1) / calling / CALLS)} of the calls`,
    `The goal of ${share(GOAL)} without a 429 is ${reached >= GOAL && throttled === 0 ? 'met' : 'missed'}`,
  ];
}

/** Mails that are due through Resend, at the pace that it allows, without n8n. */
export async function resendLimit(options: BenchOptions, size: ResendLimitSize): Promise<void> {
  const lines = await withServices(options, (services) => measure(services, options, size));
  options.progress.say(`\n${size.mails} mails, ${LATENCY_MS} ms latency of every call to Resend\n`);
  for (const line of lines) options.progress.say(line);
}
