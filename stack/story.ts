import { z } from 'zod/v4';
import { openStore, type DeliveryReport, type Store } from '../store';
import { StackError } from './error';
import type { Stack } from './stack';
import { waitFor } from './wait';

/** Who signs up, buys and opts in. */
export const BUYER = { name: 'Ada Lovelace', email: 'ada.lovelace@example.com' };
/** From the beginning to the end of the work on it, in milliseconds. */
const TIMEOUT = 60_000;

const reportSchema = z.object({ id: z.string() });
const purchaseSchema = z.object({ eventId: z.string() });
const outcomeSchema = z.object({
  service: z.string(),
  action: z.string(),
  id: z.string().optional(),
  at: z.iso.datetime(),
});
const failureSchema = z.object({ service: z.string(), message: z.string() });
const promoCodesSchema = z.object({ codes: z.array(z.object({ id: z.string(), code: z.string() })) });

/** One thing that happened. */
export interface StoryLine {
  /** Milliseconds since it began. */
  after: number;
  text: string;
}

type Told = Pick<DeliveryReport, 'outcomes'> & { event: Pick<DeliveryReport['event'], 'receivedAt'> };

/**
 * The story of a delivery that is done, in the words of its audit trail.
 * @param begunAt milliseconds since 1970
 * @param namesById what people call objects that the audit trail knows by id
 */
export function tell(
  { event, outcomes }: Told,
  begunAt: number,
  namesById: ReadonlyMap<string, string> = new Map(),
): StoryLine[] {
  const steps = outcomes.map((outcome) => {
    const { service, action, id, at } = outcomeSchema.parse(outcome);
    const name = id === undefined ? undefined : namesById.get(id);
    return { after: Date.parse(at) - begunAt, text: `${service}: ${action}${name ? ` (${name})` : ''}` };
  });
  return [{ after: event.receivedAt.getTime() - begunAt, text: 'n8n: webhook accepted' }, ...steps];
}

async function control(stack: Stack, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${stack.sandboxUrl}/sandbox${path}`, {
    method: body ? 'POST' : 'GET',
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new StackError(`The sandbox refused ${path}: ${await response.text()}`);
  return await response.json();
}

/** The codes of the sandbox's shop by id; none when the shop is real. */
async function promoCodes(stack: Stack): Promise<Map<string, string>> {
  if (stack.services.shopware) return new Map();
  const { codes } = promoCodesSchema.parse(await control(stack, '/state/shopware'));
  return new Map(codes.map(({ id, code }) => [id, code]));
}

/** Waits for a delivery to be done; what stops it is told as the reason why `what` did not happen. */
async function finishedDelivery(
  find: () => Promise<DeliveryReport | undefined>,
  what: string,
  signal: AbortSignal,
): Promise<DeliveryReport> {
  let seen: DeliveryReport | undefined;
  const finished = await waitFor(
    async () => {
      seen = await find();
      return seen && ['done', 'failed', 'dead'].includes(seen.state) ? seen : undefined;
    },
    { timeout: TIMEOUT, signal },
  );
  if (finished?.state === 'done') return finished;
  const failure = failureSchema.safeParse(seen?.lastFailure);
  const reason = failure.success
    ? `${failure.data.service}: ${failure.data.message}`
    : 'nothing has worked on it yet';
  throw new StackError(`${what} ${reason}`);
}

async function isIdle(store: Store): Promise<boolean> {
  return (await store.handlers.status()).every(({ waiting, leased }) => waiting + leased === 0);
}

async function withStore<Result>(stack: Stack, work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openStore(stack.databaseUrl);
  return await work(store).finally(() => store.close());
}

/** Other workflows start from the same event; by the name of one, whether a delivery is to it. */
function isTo(workflow: string): (delivery: DeliveryReport) => boolean {
  return ({ handler }) => handler.name === workflow;
}

/**
 * Has the buyer sign up at the sandbox's application and follows that to its end.
 * @throws StackError when it does not get there
 */
export function playRegistration(stack: Stack, signal: AbortSignal): Promise<StoryLine[]> {
  return withStore(stack, async (store) => {
    const signedUpAt = Date.now();
    const report = await control(stack, '/app/actions/register', {
      ...BUYER,
      plan: 'pro',
      source: 'partner',
    });
    const { id } = reportSchema.parse(report);
    const delivery = await finishedDelivery(
      async () => (await store.deliveries.find({ externalId: id }, 20)).find(isTo('User registered')),
      'The sign-up has not reached Mautic, Slack and Twenty.',
      signal,
    );
    return tell(delivery, signedUpAt);
  });
}

/**
 * Buys one VIP reservation at the sandbox's Stripe and follows it to its end.
 * @throws StackError when it does not get there
 */
export function playPurchase(stack: Stack, signal: AbortSignal): Promise<StoryLine[]> {
  return withStore(stack, async (store) => {
    const purchasedAt = Date.now();
    const purchase = await control(stack, '/stripe/actions/completeCheckout', { ...BUYER, product: 'vip' });
    const { eventId } = purchaseSchema.parse(purchase);
    const delivery = await finishedDelivery(
      async () => (await store.deliveries.find({ externalId: eventId }, 20)).find(isTo('VIP coupon')),
      'The purchase has not become a coupon e-mail.',
      signal,
    );
    return tell(delivery, purchasedAt, await promoCodes(stack));
  });
}

/**
 * Has the buyer opt in at the sandbox's Mautic and follows that to its end.
 * @throws StackError when it does not get there
 */
export function playOptIn(stack: Stack, signal: AbortSignal): Promise<StoryLine[]> {
  return withStore(stack, async (store) => {
    // Else what the purchase made Mautic tell of this contact would find it opted in, and go before.
    await waitFor(async () => (await isIdle(store)) || undefined, { timeout: TIMEOUT, signal });
    const optedInAt = Date.now();
    await control(stack, '/mautic/actions/saveContact', {
      email: BUYER.email,
      fields: { opt_in_confirmed: true },
    });
    // The save of the link will come in as an event, too.
    const isTheOptIn = ({ event, outcomes, lastFailure }: DeliveryReport): boolean =>
      event.source === 'mautic' &&
      event.receivedAt.getTime() >= optedInAt &&
      (lastFailure !== null || outcomes.some(({ service }) => service === 'Discord'));
    const delivery = await finishedDelivery(
      async () => (await store.deliveries.find({}, 20)).find(isTheOptIn),
      'The opt-in has not become an invite.',
      signal,
    );
    return tell(delivery, optedInAt);
  });
}
