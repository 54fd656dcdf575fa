import { createHash, createHmac } from 'node:crypto';

/**
 * The `Stripe-Signature` header for a body sent at `timestamp` (seconds): `t=…,v1=<HMAC-SHA256 of "t.body">`, keyed
 * with the literal secret, `whsec_` included. Like Stripe's test mode it also has a meaningless `v0`, which a
 * verifier must ignore (docs.stripe.com/webhooks, "Verify manually").
 */
export function signatureHeader(body: string, secret: string, timestamp: number): string {
  const signed = `${timestamp}.${body}`;
  const v1 = createHmac('sha256', secret).update(signed).digest('hex');
  const v0 = createHash('sha256').update(signed).digest('hex');
  return `t=${timestamp},v1=${v1},v0=${v0}`;
}
