import path from 'node:path';
import { z } from 'zod/v4';
import { providers } from '../services/intake';
import { readWorkflows } from '../stack/workflow-file';
import type { NewEvent } from '../store';
import type { SandboxControl } from './sandbox-control';

const WORKFLOWS_FOLDER = path.join(__dirname, '..', 'workflows');

/** What happens to a subscriber after having subscribed; who comes next takes the next entry, over and over. */
const LIVES: ReadonlyArray<ReadonlyArray<[action: string, input?: object]>> = [
  [['changePlan', { plan: 'enterprise' }]],
  [['failPayment']],
  [['cancelAtPeriodEnd', { feedback: 'too_expensive' }]],
  [['refund']],
  [['renew'], ['cancelNow', { feedback: 'unused' }]],
  [['openDispute']],
];

const PLANS = ['pro', 'enterprise'] as const;
/** Everybody has at least so many: the subscription, its first payment, and what comes of it. */
const EVENTS_PER_PERSON = 3;

const billedSchema = z.object({ eventIds: z.array(z.string()) });
const stateSchema = z.object({
  events: z.array(z.object({ id: z.string(), type: z.string(), payload: z.string() })),
});

/** An action of the sandbox's Stripe. */
interface Act {
  action: string;
  input: object;
}

/** What so many people do at Stripe, a few at a time: those subscribe one after the other, and then live on. */
export function actsOf(people: number): Act[] {
  const emails = Array.from({ length: people }, (_none, number) => `billed${number}@bench.example`);
  const acts: Act[] = [];
  for (let first = 0; first < people; first += LIVES.length) {
    const some = emails.slice(first, first + LIVES.length);
    acts.push(
      ...some.map((email, number) => act(email, 'subscribe', { plan: PLANS[number % PLANS.length] })),
    );
    acts.push(
      ...some.flatMap((email, number) =>
        (LIVES[number] ?? []).map(([action, input]) => act(email, action, input)),
      ),
    );
  }
  return acts;
}

function act(email: string, action: string, input: object = {}): Act {
  return { action, input: { email, deliver: false, ...input } };
}

/** How many of which type, the most first, e.g. `40 invoice.paid, 2 charge.refunded`. */
export function mixOf(events: ReadonlyArray<Pick<NewEvent, 'type'>>): string {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');
}

/** Events of Stripe that *Customer billing* works on, in the order in which they happened, as they come in. */
export async function billingEvents(sandbox: SandboxControl, count: number): Promise<NewEvent[]> {
  const ids: string[] = [];
  for (const { action, input } of actsOf(Math.ceil(count / EVENTS_PER_PERSON))) {
    const answer = await sandbox.call('POST', `/sandbox/stripe/actions/${action}`, input);
    ids.push(...billedSchema.parse(answer).eventIds);
  }
  const { events } = stateSchema.parse(await sandbox.call('GET', '/sandbox/state/stripe'));
  const payloads = new Map(events.map(({ id, payload }) => [id, payload]));
  const types = handledTypes();
  const handled = ids
    .flatMap((id) => eventsIn(payloads.get(id) ?? 'null'))
    .filter(({ type }) => types.includes(`stripe:${type}`));
  if (handled.length >= count) return handled.slice(0, count);
  throw new Error(`Only ${handled.length} events of ${count} came about.`);
}

function eventsIn(payload: string): NewEvent[] {
  const stripe = providers.find(({ source }) => source === 'stripe');
  const request = { headers: {}, rawBody: Buffer.from(payload) };
  const events = stripe?.parse(JSON.parse(payload), new Date(), request) ?? [];
  return events.map((event) => ({ ...event, source: 'stripe' }));
}

/** The trigger's own, as `source:type`. */
export function handledTypes(): string[] {
  const file = readWorkflows(WORKFLOWS_FOLDER).find(({ fileName }) => fileName === 'customer-billing.json');
  const trigger = file?.content.nodes.find(({ name }) => name === 'On billing event');
  return z.object({ eventTypes: z.array(z.string()) }).parse(trigger?.parameters).eventTypes;
}
