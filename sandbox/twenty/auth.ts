import type { SandboxRequest } from '../double';
import { TWENTY_KEY } from '../identities';
import { TwentyError } from './errors';
import type { TwentyState } from './state';

/** Throws 401 for a wrong key, and for none: 403 since 2.42. The envelope of the oldest differs from all others. */
export function authenticate({ settings }: TwentyState, { headers }: SandboxRequest): void {
  const key = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (key === TWENTY_KEY && !settings.keyRejected) return;
  if (settings.version === '1.0') {
    const message = key === undefined ? 'Missing authentication token' : 'Token invalid.';
    throw new TwentyError(401, 'Unauthorized', message, {
      body: { statusCode: 401, message, error: 'Unauthorized' },
    });
  }
  if (key === undefined && settings.version === '2.42') {
    throw new TwentyError(403, 'FORBIDDEN_EXCEPTION', 'Missing authentication token');
  }
  throw new TwentyError(401, 'UNAUTHENTICATED', 'Token invalid.');
}
