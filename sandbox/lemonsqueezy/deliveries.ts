import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DoubleContext } from '../double';
import { shuffled } from '../shuffled';
import type { Delivery, EventName, State } from './state';

/** Lemon Squeezy waits 5, 25 and 125 seconds before it tries again for the last time; here all goes faster. */
const WAITS_MS = [100, 500, 2_500];
/** Older ones are forgotten; the whole of a load test fits. */
const MOST_KEPT = 5_000;

/** One webhook that is to be sent. */
export interface Outgoing {
  event: EventName;
  email: string;
  payload: string;
}

/** How webhooks that belong together are sent. */
export interface Sending {
  /** All at once and in any order, instead of one after the other. */
  shuffle: boolean;
  /** How often each is sent, all at once. */
  copies: number;
  /** Time before each of them. */
  delayMs: number;
}

/** Sends webhooks to the one address that is entered; tries again up to three times until it answers exactly 200. */
export class Deliveries {
  private readonly ended = new Set<AbortController>();

  constructor(
    private readonly state: State,
    private readonly context: DoubleContext,
  ) {}

  /** Resolves once each was tried, with what was answered to each; further tries go on by themselves. */
  async send(outgoing: readonly Outgoing[], { shuffle, copies, delayMs }: Sending): Promise<Delivery[]> {
    const { webhook } = this.state;
    const wanted = outgoing.filter(({ event }) => webhook?.events.includes(event));
    const deliveries = wanted
      .flatMap((one) => Array.from({ length: copies }, () => one))
      .map(({ event, email, payload }): Delivery => {
        const at = new Date().toISOString();
        return { event, email, payload, at, statuses: [], state: 'sending' };
      });
    this.keep(deliveries);
    if (shuffle) {
      await Promise.all(shuffled(deliveries).map((delivery) => this.attemptAfter(delay(delayMs), delivery)));
      return deliveries;
    }
    for (const { event } of outgoing) {
      const same = deliveries.filter((delivery) => delivery.event === event);
      await Promise.all(same.map((delivery) => this.attemptAfter(delayMs, delivery)));
    }
    return deliveries;
  }

  /** Sends again what was sent last, or last of an event, as one does in the dashboard. */
  async resend(event: EventName | undefined, sending: Sending): Promise<Delivery[]> {
    const last = this.state.deliveries.findLast(
      (delivery) => event === undefined || delivery.event === event,
    );
    if (!last) throw new Error('Lemon Squeezy has sent nothing of the kind yet.');
    return await this.send([last], sending);
  }

  /** Ends all further tries. */
  clear(): void {
    for (const controller of this.ended) controller.abort();
    this.ended.clear();
  }

  private keep(deliveries: readonly Delivery[]): void {
    const state = this.state;
    state.deliveries.push(...deliveries);
    state.deliveries.splice(0, Math.max(0, state.deliveries.length - MOST_KEPT));
  }

  private async attemptAfter(waitMs: number, delivery: Delivery): Promise<void> {
    if (waitMs > 0 && !(await this.wait(waitMs))) return;
    await this.attempt(delivery);
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const { webhook } = this.state;
    const status = webhook ? await this.post(webhook, delivery) : 0;
    delivery.statuses.push(status);
    const waitMs = WAITS_MS[delivery.statuses.length - 1];
    if (status === 200) delivery.state = 'delivered';
    else if (waitMs === undefined) delivery.state = 'given up';
    else {
      delivery.state = 'waiting';
      void this.attemptAfter(waitMs, delivery);
    }
    this.context.changed();
  }

  private async post(
    webhook: { url: string; secret: string },
    { event, payload }: Delivery,
  ): Promise<number> {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'LemonSqueezy-Hookshot',
      'x-event-name': event,
      'x-signature': signatureOf(payload, webhook.secret),
    };
    return (await this.context.post(webhook.url, headers, payload)).status;
  }

  /** False when all further tries were ended meanwhile. */
  private async wait(waitMs: number): Promise<boolean> {
    const controller = new AbortController();
    this.ended.add(controller);
    try {
      await sleep(waitMs, undefined, { ref: false, signal: controller.signal });
      return true;
    } catch {
      return false;
    } finally {
      this.ended.delete(controller);
    }
  }
}

/** The `X-Signature` header (docs.lemonsqueezy.com/help/webhooks/signing-requests). */
export function signatureOf(payload: string, secret: string): string {
  return createHmac('sha256', secret).update(payload).digest('hex');
}

/** By chance up to that long, so that what is sent at once arrives in any order. */
function delay(delayMs: number): number {
  return Math.floor(Math.random() * (delayMs + 1));
}
