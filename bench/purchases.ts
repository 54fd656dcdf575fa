import { randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import { STRIPE_WEBHOOK_SECRET } from '../sandbox/identities';
import { signatureHeader } from '../sandbox/stripe/signature';
import type { PreparedRequest } from './load';
import type { SandboxControl } from './sandbox-control';

/** A paid VIP reservation at the sandbox's Stripe that no webhook has told of yet. */
export interface Purchase {
  email: string;
  sessionId: string;
  /** Body of the webhook `checkout.session.completed`. */
  payload: string;
}

const boughtSchema = z.object({ sessionId: z.string(), eventId: z.string() });
const eventsSchema = z.object({ events: z.array(z.object({ id: z.string(), payload: z.string() })) });
const eventSchema = z.looseObject({ id: z.string(), type: z.string() });

/** Completes so many checkouts, each with a buyer `<prefix><number>@example.com`. */
export async function buy(sandbox: SandboxControl, prefix: string, count: number): Promise<Purchase[]> {
  const bought: Array<z.infer<typeof boughtSchema> & { email: string }> = [];
  for (let number = 0; number < count; number += 1) {
    const email = `${prefix}${number}@example.com`;
    const checkout = { email, name: `Buyer Number${number}`, deliver: false };
    const answer = boughtSchema.parse(
      await sandbox.call('POST', '/sandbox/stripe/actions/completeCheckout', checkout),
    );
    bought.push({ ...answer, email });
  }
  const { events } = eventsSchema.parse(await sandbox.call('GET', '/sandbox/state/stripe'));
  const payloads = new Map(events.map(({ id, payload }) => [id, payload]));
  return bought.map(({ email, sessionId, eventId }) => {
    const payload = payloads.get(eventId);
    if (payload === undefined) throw new Error(`The sandbox holds no event ${eventId}.`);
    return { email, sessionId, payload };
  });
}

/** Like `payload` in size and content, as another event of the given type. */
export function copyEvent(payload: string, type: string): string {
  const event = eventSchema.parse(JSON.parse(payload));
  return JSON.stringify({ ...event, id: `evt_${randomBytes(12).toString('hex')}`, type }, null, 2);
}

/** The webhook as Stripe sends it, signed now: it is to be sent within five minutes. */
export function signed(payload: string): PreparedRequest {
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signatureHeader(payload, STRIPE_WEBHOOK_SECRET, timestamp),
    },
    body: Buffer.from(payload),
  };
}
