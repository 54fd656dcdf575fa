import { StackError, messageOf } from '../stack/error';
import { Terminal } from '../stack/terminal';
import * as forBillingEvents from './billing-events';
import * as forDashboard from './dashboard';
import * as forDiscordInvite from './discord-invite';
import * as forEmailSequences from './email-sequences';
import * as forIngest from './ingest';
import * as forInteractions from './interactions';
import { conditions } from './machine';
import * as forMemory from './memory';
import * as forProfile from './profile';
import * as forResendLimit from './resend-limit';
import type { BenchOptions } from './stack';
import * as forStripeSync from './stripe-sync';
import * as forUserEvents from './user-events';
import * as forVipCoupon from './vip-coupon';

const USAGE = `npm run bench -- ingest|profile|vip-coupon|discord-invite|user-events|stripe-sync|billing-events|email-sequences|resend-limit|dashboard|interactions|memory [--quick]

  ingest          taking in signed webhooks, against n8n's own Webhook node
  profile         where n8n's CPU time goes while webhooks are taken in
  vip-coupon      a purchase up to its e-mail, against the same job built from n8n's built-in nodes
  discord-invite  an opt-in up to its invite e-mail, against the same job built from n8n's built-in nodes
  user-events     sign-ups up to Mautic and Twenty, against the same job built from n8n's built-in nodes
  stripe-sync     all of Stripe's subscriptions into PostgreSQL, against Supabase's Stripe Sync Engine
  billing-events  Stripe's billing events into the store, in batches of 1, 10 and 100
  email-sequences mails of sequences through the store, against the job queue pg-boss
  resend-limit    due mails through Resend, against the rate that it allows
  dashboard       the dashboard's pages over a year of customers, mails and events
  interactions    first answers to Discord while 50 people press at once
  memory          resident memory of n8n after 1,000 and after 5,000 events

  --quick         little of it, to see that it works; its figures mean nothing`;

type Benchmark = (options: BenchOptions, isQuick: boolean) => Promise<void>;

const benchmarks: Readonly<Record<string, Benchmark>> = {
  ingest: (options, isQuick) =>
    forIngest.ingest(options, isQuick ? forIngest.QUICK_SIZE : forIngest.FULL_SIZE),
  profile: (options, isQuick) =>
    forProfile.profile(options, isQuick ? forProfile.QUICK_SIZE : forProfile.FULL_SIZE),
  interactions: (options, isQuick) =>
    forInteractions.interactions(options, isQuick ? forInteractions.QUICK_SIZE : forInteractions.FULL_SIZE),
  memory: (options, isQuick) =>
    forMemory.memory(options, isQuick ? forMemory.QUICK_SIZE : forMemory.FULL_SIZE),
  'vip-coupon': (options, isQuick) =>
    forVipCoupon.vipCoupon(options, isQuick ? forVipCoupon.QUICK_SIZE : forVipCoupon.FULL_SIZE),
  'discord-invite': (options, isQuick) =>
    forDiscordInvite.discordInvite(
      options,
      isQuick ? forDiscordInvite.QUICK_SIZE : forDiscordInvite.FULL_SIZE,
    ),
  'user-events': (options, isQuick) =>
    forUserEvents.userEvents(options, isQuick ? forUserEvents.QUICK_SIZE : forUserEvents.FULL_SIZE),
  'stripe-sync': (options, isQuick) =>
    forStripeSync.stripeSync(options, isQuick ? forStripeSync.QUICK_SIZE : forStripeSync.FULL_SIZE),
  'billing-events': (options, isQuick) =>
    forBillingEvents.workOnBilling(
      options,
      isQuick ? forBillingEvents.QUICK_SIZE : forBillingEvents.FULL_SIZE,
    ),
  dashboard: (options, isQuick) =>
    forDashboard.dashboard(options, isQuick ? forDashboard.QUICK_SIZE : forDashboard.FULL_SIZE),
  'email-sequences': (options, isQuick) =>
    forEmailSequences.emailSequences(
      options,
      isQuick ? forEmailSequences.QUICK_SIZE : forEmailSequences.FULL_SIZE,
    ),
  'resend-limit': (options, isQuick) =>
    forResendLimit.resendLimit(options, isQuick ? forResendLimit.QUICK_SIZE : forResendLimit.FULL_SIZE),
};

async function main(): Promise<void> {
  const [name = '', ...flags] = process.argv.slice(2);
  const run = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
  if (!run || flags.some((flag) => flag !== '--quick')) throw new StackError(USAGE);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(new StackError('Stopped.')));
  }
  const terminal = new Terminal();
  terminal.say(`Before: ${conditions()}`);
  await run({ progress: terminal, signal: stop.signal }, flags.includes('--quick'));
  terminal.say(`\nAfter: ${conditions()}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  },
);
