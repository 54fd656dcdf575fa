import { createHmac } from 'node:crypto';
import type { SandboxRequest } from '../double';
import { EspoCrmError, badRequest } from './errors';
import type { EspoCrmState } from './state';
import { API_USERS, type ApiUser } from './users';

const MOST_DENIED_LOGINS = 10;
const DENIED_LOGINS_PERIOD_MS = 60_000;
const MAINTENANCE_MESSAGE = 'The application currently is in maintenance mode.';

/**
 * Finds the user behind a request. Throws 401 with nothing in it for credentials that are wrong, 400 for a malformed
 * `Espo-Authorization`, 403 without a reason once too many logins were denied, 503 during maintenance.
 *
 * @param path below `/api/v1`, with a leading slash and without the query: what a signature covers.
 */
export function authenticate(state: EspoCrmState, request: SandboxRequest, path: string): ApiUser {
  const login = loginOf(request, path);
  if (!login) throw new EspoCrmError(401);
  // All callers of the sandbox are at one address, so there is one count.
  const since = Date.now() - DENIED_LOGINS_PERIOD_MS;
  state.deniedLogins = state.deniedLogins.filter((at) => at > since);
  if (state.deniedLogins.length > MOST_DENIED_LOGINS) throw new EspoCrmError(403);

  const user = state.settings.credentialsRejected ? undefined : API_USERS.find(login);
  if (!user) {
    state.deniedLogins.push(Date.now());
    throw new EspoCrmError(401);
  }
  if (state.settings.maintenance) {
    throw new EspoCrmError(503, 'Application is in maintenance mode.', { message: MAINTENANCE_MESSAGE });
  }
  return user;
}

/** As many denied logins as it takes to lock the address out. */
export function deniedLoginsForLockOut(): number[] {
  return Array.from({ length: MOST_DENIED_LOGINS + 1 }, () => Date.now());
}

/** Which user the request's credentials are those of; `undefined` when it has none. */
function loginOf(
  { method, headers }: SandboxRequest,
  path: string,
): ((user: ApiUser) => boolean) | undefined {
  // There is nobody who logs in with a password; EspoCRM's own header for that wins over API keys all the same.
  const nobody = (): boolean => false;
  const own = headers['espo-authorization'];
  if (own !== undefined) {
    if (!decode(String(own)).includes(':')) throw badRequest('Auth: Bad authorization string provided.');
    return nobody;
  }
  const key = headers['x-api-key'];
  if (key !== undefined) return (user) => user.authMethod === 'ApiKey' && user.apiKey === key;
  const signed = headers['x-hmac-authorization'];
  if (signed !== undefined) {
    const [signer, signature] = splitOnce(decode(String(signed)));
    return (user) =>
      user.authMethod === 'Hmac' &&
      user.apiKey === signer &&
      signaturesOf(user, `${method} ${path}`).includes(signature);
  }
  return /^Basic\s/i.test(headers.authorization ?? '') ? nobody : undefined;
}

/** As hexadecimal digits, and as the raw bytes that older versions took (one character each). */
function signaturesOf({ secretKey }: ApiUser, text: string): string[] {
  const digest = createHmac('sha256', secretKey).update(text).digest();
  return [digest.toString('hex'), digest.toString('latin1')];
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

function splitOnce(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
