import { setTimeout as sleep } from 'node:timers/promises';
import type { DoubleContext } from '../double';
import { shuffled } from '../shuffled';
import { signatureHeaders } from './signature';
import type { Delivery, ResendState, StoredEvent, Webhook } from './state';

/** Resend takes more than a day over its eight tries; here all goes faster. */
const WAITS_MS = [200, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/** How webhooks that belong together are sent. */
export interface Sending {
  /** `shuffled`: all at once and in any order, instead of one after the other; `held`: not at all. */
  order: 'inOrder' | 'shuffled' | 'held';
  /** How often each is sent, all at once. */
  copies: number;
}

/** Sends events to the enabled webhooks that ask for them; again with growing waits until one is answered 2xx. */
export class Deliveries {
  private readonly waiting = new Set<AbortController>();

  constructor(
    private readonly state: ResendState,
    private readonly context: DoubleContext,
  ) {}

  /** Resolves once each was tried, with what was answered; further tries go on by themselves. */
  async send(events: readonly StoredEvent[], { order, copies }: Sending): Promise<number[]> {
    if (order === 'held') return [];
    const rounds = order === 'shuffled' ? [shuffled(events)] : events.map((event) => [event]);
    const statuses: number[] = [];
    for (const round of rounds) {
      const sent = round.flatMap((event) => this.sendTo(event, copies));
      statuses.push(...(await Promise.all(sent)));
    }
    return statuses;
  }

  /** Ends all further tries. */
  clear(): void {
    for (const controller of this.waiting) controller.abort();
    this.waiting.clear();
  }

  private sendTo(event: StoredEvent, copies: number): Array<Promise<number>> {
    return this.state.webhooks
      .all()
      .filter(({ status, events }) => status === 'enabled' && events.includes(event.type))
      .flatMap(({ id }) =>
        Array.from({ length: copies }, () => {
          const delivery: Delivery = { webhookId: id, state: 'sending', statuses: [] };
          event.deliveries.push(delivery);
          return this.attempt(event, delivery);
        }),
      );
  }

  private async attempt(event: StoredEvent, delivery: Delivery): Promise<number> {
    const webhook = this.state.webhooks.get(delivery.webhookId);
    const status = webhook?.status === 'enabled' ? await this.post(webhook, event) : 0;
    delivery.statuses.push(status);
    const waitMs = WAITS_MS[delivery.statuses.length - 1];
    if (status >= 200 && status < 300) delivery.state = 'delivered';
    else if (waitMs === undefined || !webhook) delivery.state = 'given up';
    else {
      delivery.state = 'waiting';
      void this.attemptAfter(waitMs, event, delivery);
    }
    this.context.changed();
    return status;
  }

  private async post({ endpoint, signingSecret }: Webhook, event: StoredEvent): Promise<number> {
    const message = { id: event.id, body: event.payload, timestamp: Math.floor(Date.now() / 1000) };
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Svix-Webhooks/1.94.0 (sender-9YMgn; +https://www.svix.com/http-sender/)',
      ...signatureHeaders(message, signingSecret),
    };
    return (await this.context.post(endpoint, headers, event.payload)).status;
  }

  private async attemptAfter(waitMs: number, event: StoredEvent, delivery: Delivery): Promise<void> {
    const controller = new AbortController();
    this.waiting.add(controller);
    try {
      await sleep(waitMs, undefined, { ref: false, signal: controller.signal });
    } catch {
      return;
    } finally {
      this.waiting.delete(controller);
    }
    // An event that was reset away meanwhile must not come back.
    if (this.state.events.get(event.id) === event) await this.attempt(event, delivery);
  }
}
