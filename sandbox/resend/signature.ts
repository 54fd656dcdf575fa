import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/**
 * The headers of a webhook as Svix signs it: HMAC-SHA256 of `id.timestamp.body`, keyed with what the secret holds in
 * base64 (docs.svix.com/receiving/verifying-payloads/how-manual). Like a server whose secret is not being rotated it
 * sends one signature.
 * @param timestamp of this try, in seconds
 */
export function signatureHeaders(
  { id, body, timestamp }: { id: string; body: string; timestamp: number },
  secret: string,
): Record<string, string> {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'svix-id': id, 'svix-timestamp': String(timestamp), 'svix-signature': `v1,${signature}` };
}
