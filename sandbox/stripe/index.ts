import { z } from 'zod/v4';
import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { STRIPE_SECRET_KEY } from '../identities';
import { shuffled } from '../shuffled';
import { Account } from './account';
import { API_VERSION, VERSION_OF, generationOf, type Generation } from './api-version';
import type { Happening } from './billing';
import { billingActions } from './billing-actions';
import { addSubscriptions, addSubscriptionsSchema } from './bulk';
import { addCatalog } from './catalog';
import { Deliveries } from './deliveries';
import { StripeError } from './errors';
import { parseForm } from './form';
import { IdempotencyKeys } from './idempotency';
import { newId } from './ids';
import { eventSchema, intervalSchema, priceSchema, productSchema, stateSchema } from './model';
import type { Session, StoredEvent } from './model';
import { newEventObject, sessionObject } from './objects';
import { runOperation } from './operations';
import { buy, chargeFor, checkoutSchema } from './purchases';
import { RateLimit } from './rate-limit';
import { renderAccount } from './render';
import { nowInSeconds } from './schema-parts';

const createProductSchema = z.strictObject({
  id: z.string().optional(),
  name: z.string().min(1),
  metadata: z.record(z.string(), z.string()).optional(),
  /** In minor units. */
  amount: z.int().nonnegative().default(1_000),
  currency: z.string().optional(),
  /** How often it is paid: every so many of these; left out: once. */
  interval: intervalSchema.optional(),
  intervalCount: z.int().positive().optional(),
});
const settleSchema = z.strictObject({
  /** Default: the newest session whose payment is under way. */
  sessionId: z.string().optional(),
});
const redeliverSchema = z.strictObject({
  /** Default: the newest event. */
  eventId: z.string().optional(),
  copies: z.int().min(1).max(100).default(1),
});

/** A stand-in for api.stripe.com in test mode: what checkouts, subscriptions, events and webhook endpoints need. */
export class StripeDouble implements Double {
  readonly name = 'stripe';
  readonly title = 'Stripe';
  private readonly account = new Account();
  private readonly keys = new IdempotencyKeys();
  private readonly rateLimit = new RateLimit();
  private readonly deliveries: Deliveries;

  constructor(private readonly context: DoubleContext) {
    this.deliveries = new Deliveries(this.account, context);
    addCatalog(this.account);
  }

  readonly actions: Double['actions'] = {
    createProduct: async (input) => {
      const { amount, currency, interval, intervalCount, ...given } = createProductSchema.parse(input);
      const product = productSchema.parse(given);
      const recurring = interval === undefined ? null : { interval, intervalCount };
      const price = priceSchema.parse({ productId: product.id, unitAmount: amount, currency, recurring });
      this.account.addProduct(product, price);
      this.context.changed();
      return { productId: product.id, priceId: price.id };
    },
    completeCheckout: async (input) => {
      const checkout = checkoutSchema.parse(input);
      const session = buy(this.account, checkout);
      const event = this.addSessionEvent('checkout.session.completed', session);
      if (checkout.deliver) this.deliveries.send(event, checkout.copies);
      return { sessionId: session.id, eventId: event.id };
    },
    succeedAsyncPayment: async (input) => this.settle(input, true),
    failAsyncPayment: async (input) => this.settle(input, false),
    redeliver: async (input) => {
      const { eventId, copies } = redeliverSchema.parse(input);
      const event =
        eventId === undefined ? this.account.events.findNewest(() => true) : this.account.events.get(eventId);
      if (!event)
        throw new Error(
          eventId ? `Stripe has no event "${eventId}".` : 'Stripe has no event yet: buy something first.',
        );
      this.deliveries.send(event, copies);
      return { eventId: event.id, endpoints: this.deliveries.listeners(event.type).length };
    },
    addSubscriptions: async (input) => {
      const asked = addSubscriptionsSchema.parse(input);
      addSubscriptions(this.account, asked);
      this.context.changed();
      return { added: asked.count, subscriptions: this.account.subscriptions.size };
    },
    ...billingActions(this.account, (happenings, { created, generation, deliver, copies, shuffle }) => {
      const events = happenings.map((happening) => this.addEvent(happening, { created, generation }));
      if (deliver)
        for (const event of shuffle ? shuffled(events) : events) this.deliveries.send(event, copies);
      return events.map(({ id }) => id);
    }),
  };

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    const response = this.answer(request);
    return {
      ...response,
      headers: {
        'request-id': newId('req'),
        'stripe-version': versionOf(request),
        ...response.headers,
      },
    };
  }

  state(): Json {
    const events = [...this.account.events.values()];
    return {
      products: [...this.account.products.values()],
      prices: [...this.account.prices.values()],
      customers: [...this.account.customers.values()],
      sessions: [...this.account.sessions.values()],
      subscriptions: [...this.account.subscriptions.values()],
      invoices: [...this.account.invoices.values()],
      charges: [...this.account.charges.values()],
      disputes: [...this.account.disputes.values()],
      events,
      webhookEndpoints: [...this.account.webhookEndpoints.values()],
      rateLimitPerSecond: this.rateLimit.perSecond,
      pendingRedeliveries: events.flatMap((event) =>
        event.deliveries
          .filter(({ nextAttemptAt }) => nextAttemptAt !== null)
          .map(({ endpointId, tries, nextAttemptAt }) => ({
            eventId: event.id,
            endpointId,
            tries,
            nextAttemptAt,
          })),
      ),
    };
  }

  /** Replaces the lists that `state` has; the others stay. */
  load(state: Json): void {
    const { account, deliveries } = this;
    const given = stateSchema.parse(state);
    if (given.products) account.products.replace(given.products);
    if (given.prices) account.prices.replace(given.prices);
    if (given.customers) account.customers.replace(given.customers);
    if (given.sessions) account.sessions.replace(given.sessions);
    if (given.subscriptions) account.subscriptions.replace(given.subscriptions);
    if (given.invoices) account.invoices.replace(given.invoices);
    if (given.charges) account.charges.replace(given.charges);
    if (given.disputes) account.disputes.replace(given.disputes);
    if (given.webhookEndpoints) account.webhookEndpoints.replace(given.webhookEndpoints);
    if (given.rateLimitPerSecond !== undefined) this.rateLimit.allow(given.rateLimitPerSecond);
    if (given.events) {
      deliveries.clear();
      account.events.replace(given.events);
      deliveries.resume();
    }
  }

  /** Webhook endpoints stay: they are how the account is connected, nothing that happened in it. */
  reset(): void {
    const { account } = this;
    this.deliveries.clear();
    this.keys.clear();
    this.rateLimit.reset();
    for (const table of [
      account.products,
      account.prices,
      account.customers,
      account.sessions,
      account.subscriptions,
      account.invoices,
      account.charges,
      account.disputes,
      account.events,
    ]) {
      table.clear();
    }
    addCatalog(account);
    this.context.changed();
  }

  render(): string {
    return renderAccount(this.account);
  }

  private answer(request: SandboxRequest): SandboxResponse {
    const { method, path, query, rawBody } = request;
    try {
      authenticate(request);
      this.rateLimit.take();
      const body = rawBody.toString('utf8');
      const fields = parseForm(method === 'GET' ? query : new URLSearchParams(body));
      const generation = generationOf(versionOf(request));
      const run = (): SandboxResponse => {
        const response = runOperation(this.account, { method, path, fields, generation });
        if (method !== 'GET') this.context.changed();
        return response;
      };
      const key = request.headers['idempotency-key'];
      return method === 'GET' || typeof key !== 'string'
        ? run()
        : this.keys.run(key, `${method} ${path} ${body}`, run);
    } catch (error) {
      return answerRefusal(error);
    }
  }

  private settle(input: Json, succeeded: boolean): Json {
    const { sessionId } = settleSchema.parse(input);
    const session =
      sessionId === undefined
        ? this.account.sessions.findNewest(isUnderWay)
        : this.account.sessions.get(sessionId);
    if (!session)
      throw new Error(
        sessionId ? `Stripe has no session "${sessionId}".` : 'No delayed payment is under way.',
      );
    if (!isUnderWay(session)) throw new Error(`The payment of session "${session.id}" is not under way.`);
    const settled: Session = succeeded
      ? { ...session, paymentStatus: 'paid' }
      : { ...session, paymentFailed: true };
    this.account.sessions.set(session.id, settled);
    if (succeeded) chargeFor(this.account, settled);
    const outcome = succeeded ? 'succeeded' : 'failed';
    const event = this.addSessionEvent(`checkout.session.async_payment_${outcome}`, settled);
    this.deliveries.send(event);
    return { sessionId: session.id, eventId: event.id };
  }

  private addSessionEvent(type: string, session: Session): StoredEvent {
    const { id: sessionId, customerId } = session;
    const happening = { type, object: sessionObject(session), sessionId, customerId };
    return this.addEvent(happening, { created: nowInSeconds(), generation: 'current' });
  }

  private addEvent(
    { type, sessionId, customerId, ...data }: Happening,
    { created, generation }: { created: number; generation: Generation },
  ): StoredEvent {
    const event = { id: newId('evt'), type, created };
    const pendingWebhooks = this.deliveries.listeners(type).length;
    const object = newEventObject(event, data, { apiVersion: VERSION_OF[generation], pendingWebhooks });
    // Stripe sends its events indented, so that whoever verifies a re-serialised body finds out here.
    const payload = JSON.stringify(object, null, 2);
    const stored = eventSchema.parse({ ...event, sessionId, customerId, payload });
    this.account.events.set(event.id, stored);
    this.context.changed();
    return stored;
  }
}

function versionOf({ headers }: SandboxRequest): string {
  return [headers['stripe-version'] ?? API_VERSION].flat().join(', ');
}

function answerRefusal(error: unknown): SandboxResponse {
  if (!(error instanceof StripeError)) throw error;
  return error.toResponse();
}

function isUnderWay(session: Session): boolean {
  return session.delayed && session.paymentStatus === 'unpaid' && !session.paymentFailed;
}

/** The key comes as a bearer token or as the user name of Basic authentication. */
function authenticate({ headers }: SandboxRequest): void {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ', 2);
  const key =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0]
      : scheme.toLowerCase() === 'bearer' && credentials;
  if (!key) {
    throw new StripeError(
      401,
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
    );
  }
  if (key !== STRIPE_SECRET_KEY) {
    throw new StripeError(401, `Invalid API Key provided: ${key.slice(0, 8)}****${key.slice(-4)}`);
  }
}
