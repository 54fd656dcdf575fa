import type { DoubleContext } from '../double';
import type { Account } from './account';
import type { Delivery, StoredEvent, WebhookEndpoint } from './model';
import { nowInSeconds } from './schema-parts';
import { signatureHeader } from './signature';

/** Stripe takes hours over its tries; here they double from one second. */
const FIRST_WAIT_MS = 1_000;
const MOST_TRIES = 10;

/** Sends events to the account's webhook endpoints, again with growing waits until an endpoint answers 2xx. */
export class Deliveries {
  private readonly waiting = new Map<Delivery, NodeJS.Timeout>();

  constructor(
    private readonly account: Account,
    private readonly context: DoubleContext,
  ) {}

  /** Endpoints that are told about an event type. */
  listeners(type: string): WebhookEndpoint[] {
    return [...this.account.webhookEndpoints.values()].filter(
      ({ status, enabled_events }) =>
        status === 'enabled' && (enabled_events.includes('*') || enabled_events.includes(type)),
    );
  }

  /** Sends an event to all who listen, `copies` times at once, and returns without waiting for their answers. */
  send(event: StoredEvent, copies = 1): void {
    for (const endpoint of this.listeners(event.type)) {
      let delivery = event.deliveries.find(({ endpointId }) => endpointId === endpoint.id);
      if (!delivery) {
        delivery = { endpointId: endpoint.id, state: 'pending', tries: 0, attempts: [], nextAttemptAt: null };
        event.deliveries.push(delivery);
      }
      clearTimeout(this.waiting.get(delivery));
      this.waiting.delete(delivery);
      Object.assign(delivery, { state: 'pending', tries: 0 });
      void this.attempt(event, delivery, copies);
    }
  }

  /** Takes up the waiting deliveries of events that were loaded. */
  resume(): void {
    for (const event of this.account.events.values()) {
      for (const delivery of event.deliveries) if (delivery.state === 'pending') this.wait(event, delivery);
    }
  }

  /** Forgets everything that waits to be sent again. */
  clear(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  private async attempt(event: StoredEvent, delivery: Delivery, copies: number): Promise<void> {
    const endpoint = this.account.webhookEndpoints.get(delivery.endpointId);
    if (endpoint?.status !== 'enabled') return this.end(delivery, 'failed');
    delivery.tries += 1;
    delivery.nextAttemptAt = null;
    const answers = await Promise.all(Array.from({ length: copies }, () => this.post(endpoint, event)));
    const at = new Date().toISOString();
    delivery.attempts.push(...answers.map(({ status }) => ({ at, status })));
    // An event that was reset away meanwhile must not come back as a redelivery.
    if (this.account.events.get(event.id) !== event) return;
    // Another round of sending, asked for meanwhile, was already taken.
    if (delivery.state !== 'pending') return;
    if (answers.some(({ status }) => status >= 200 && status < 300)) this.end(delivery, 'delivered');
    else if (delivery.tries >= MOST_TRIES) this.end(delivery, 'failed');
    else this.wait(event, delivery);
  }

  private post(endpoint: WebhookEndpoint, event: StoredEvent): Promise<{ status: number }> {
    const headers = {
      accept: '*/*; q=0.5, application/xml',
      'cache-control': 'no-cache',
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signatureHeader(event.payload, endpoint.secret, nowInSeconds()),
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    };
    return this.context.post(endpoint.url, headers, event.payload);
  }

  private wait(event: StoredEvent, delivery: Delivery): void {
    const waitMs = FIRST_WAIT_MS * 2 ** Math.max(0, delivery.tries - 1);
    delivery.nextAttemptAt = new Date(Date.now() + waitMs).toISOString();
    const timer = setTimeout(() => {
      this.waiting.delete(delivery);
      void this.attempt(event, delivery, 1);
    }, waitMs);
    clearTimeout(this.waiting.get(delivery));
    this.waiting.set(delivery, timer.unref());
    this.context.changed();
  }

  private end(delivery: Delivery, state: 'delivered' | 'failed'): void {
    Object.assign(delivery, { state, nextAttemptAt: null });
    this.context.changed();
  }
}
