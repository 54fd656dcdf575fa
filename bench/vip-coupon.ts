import { STRIPE_WEBHOOK_PATH } from '../sandbox/identities';
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
import { contactIds, verify } from './fulfilment';
import { load } from './load';
import { sendWebhooksTo } from './mautic-webhooks';
import { peerCredentials } from './peer-credentials';
import { cpuTime } from './process-usage';
import { buy, signed, type Purchase } from './purchases';
import { ratio, table } from './report';
import { takeLog } from './sandbox-log';
import { awaitSettled } from './settled';
import { withStack, type BenchOptions, type BenchStack } from './stack';

/** Others would work on the same events. */
const PUBLISHED = ['intake', 'vip-coupon'];

/** Of every system, each call. */
const LATENCY_MS = 20;
const CONNECTIONS = 20;
const WARM_UP = 20;

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

interface Seller extends Side {
  /** Where it takes in Stripe's webhooks. */
  url: string;
}

/** Webhooks without an answer, and with one other than 2xx. */
interface Run extends Measured {
  refused: number;
  failed: number;
}

class Contest {
  /** Everything bought, for the verdict. */
  private readonly purchases = new Map<Seller, Purchase[]>();
  private bought = 0;

  constructor(private readonly bench: BenchStack) {}

  /**
   * Buys, posts the webhooks, and waits until nothing is left to do. The clock runs from the POST to the e-mail. The peer is
   * done when it has answered; ours when every delivery is settled.
   */
  async run(side: Seller, count: number, connections: number): Promise<Run> {
    const { sandbox, pid } = this.bench;
    this.bought += 1;
    const purchases = await buy(sandbox, `${side.prefix}${this.bought}-`, count);
    this.purchases.set(side, [...(this.purchases.get(side) ?? []), ...purchases]);
    await takeLog(sandbox);
    const cpuBefore = cpuTime(pid);
    const requests = purchases.map(({ payload }) => signed(payload));
    const { calls, refused, failed } = await load({ url: side.url, requests, connections });
    await awaitSettled(this.bench);
    const cpu = cpuTime(pid) - cpuBefore;
    const log = await takeLog(sandbox);
    const contacts = await contactIds(sandbox);
    const jobs = calls.map(({ index, sentAt }): Job => ({
      startedAt: sentAt,
      endedAt: log.sentAt.get(contacts.get(purchases[index]?.email ?? '') ?? 0),
    }));
    return { ...measured(jobs, { cpu, calls: log.calls }), refused, failed };
  }

  async verdict(side: Seller): Promise<string> {
    const { total, right, lost, doubled } = await verify(this.bench.sandbox, this.purchases.get(side) ?? []);
    return (
      `${side.title}: of ${total} purchases ${right} have one code, one VIP contact and one e-mail; ` +
      `${lost} got no e-mail, ${doubled} got several`
    );
  }
}

async function compare(bench: BenchStack, size: VipCouponSize): Promise<string[]> {
  // What Mautic tells of its contacts is another workflow's work.
  await sendWebhooksTo(bench);
  for (const credential of peerCredentials(bench.stack.sandboxUrl))
    await bench.api.createCredential(credential);
  const peerUrl = await bench.publishPeer('vip-coupon-builtin', '/webhook/bench/vip-coupon');
  const ours: Seller = { title: 'our nodes', prefix: 'ours', url: bench.stack.n8nUrl + STRIPE_WEBHOOK_PATH };
  const peer: Seller = { title: 'built-in nodes', prefix: 'peer', url: peerUrl };
  const sides = [ours, peer] as const;
  await bench.sandbox.call('PUT', '/sandbox/latency', { milliseconds: LATENCY_MS });

  const contest = new Contest(bench);
  for (const side of sides) await contest.run(side, WARM_UP, 2);
  const singles = await inTurns(sides, size.singles, (side) => contest.run(side, 1, 1));
  const rounds = await inTurns(sides, size.rounds, (side) => contest.run(side, size.purchases, CONNECTIONS));

  const rowsOf = (runs: typeof rounds, what: string): string[][] =>
    sides.map((side) => {
      const all = runs.get(side) ?? [];
      return [
        ...cells(runs, side, { what, isRateShown: runs === rounds }),
        String(all.reduce((sum, { refused }) => sum + refused, 0)),
        String(all.reduce((sum, { failed }) => sum + failed, 0)),
      ];
    });
  const lines = [
    table(
      [...columns('event'), 'refused', 'failed'],
      [
        ...rowsOf(singles, 'one at a time'),
        ...rowsOf(rounds, `${size.purchases} at ${CONNECTIONS} connections`),
      ],
    ),
    '',
    `Under load: ${ratio(ratioOf(rounds, sides, ({ perSecond }) => perSecond))} the events per second ` +
      `(median of ${size.rounds} rounds)`,
    `A single event: ${ratio(latency(singles, ours, 0.5) / latency(singles, peer, 0.5))} ` +
      'the time from the POST to the e-mail (p50)',
  ];
  for (const side of sides) lines.push(await contest.verdict(side));
  return lines;
}

/** A purchase up to its e-mail, against the same job from n8n's built-in nodes, in one n8n. */
export async function vipCoupon(options: BenchOptions, size: VipCouponSize): Promise<void> {
  const lines = await withStack(options, { tuned: true, published: PUBLISHED }, (bench) =>
    compare(bench, size),
  );
  options.progress.say(`\nThe stack's settings, ${LATENCY_MS} ms latency of every outside call\n`);
  for (const line of lines) options.progress.say(line);
}
