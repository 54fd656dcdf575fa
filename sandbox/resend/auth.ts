import type { SandboxRequest, SandboxResponse } from '../double';
import { RESEND_KEY, RESEND_SENDING_KEY } from '../identities';
import { ResendError } from './errors';

/** What Cloudflare before Resend answers to a call without `User-Agent`, in its own words. */
export const EDGE_REFUSAL: SandboxResponse = { status: 403, body: 'error code: 1010' };

/** Whether Cloudflare lets a call through. */
export function passesEdge({ headers }: SandboxRequest): boolean {
  return (headers['user-agent'] ?? '').trim() !== '';
}

/**
 * Lets the full-access key do everything and the sending key only send.
 * @param sends whether the call is one that the sending key is for
 */
export function authenticate({ headers }: SandboxRequest, sends: boolean): void {
  const { authorization } = headers;
  if (!authorization) throw new ResendError(401, 'missing_api_key', 'Missing API Key');
  const key = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  if (key === RESEND_KEY) return;
  if (key !== RESEND_SENDING_KEY) {
    // An unknown key meets another status where mails are sent than elsewhere.
    throw new ResendError(sends && key ? 401 : 400, 'validation_error', 'API key is invalid');
  }
  if (!sends) {
    throw new ResendError(401, 'restricted_api_key', 'This API key is restricted to only send emails');
  }
}
