import type { SandboxRequest } from '../double';
import { MAUTIC_PASSWORD, MAUTIC_USERNAME } from '../identities';
import { KernelError } from './errors';
import type { Settings } from './state';

/** Throws 403 while the API or Basic authentication is switched off, 401 for wrong or missing credentials. */
export function authenticate(request: SandboxRequest, settings: Settings): void {
  if (!settings.apiEnabled) {
    const message = "API disabled. You need to enable the API in the API settings of Mautic's Configuration.";
    throw new KernelError(403, message, 'api_disabled');
  }
  const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') {
    throw new KernelError(401, 'The access token provided is invalid.', 'invalid_grant');
  }
  if (scheme.toLowerCase() !== 'basic')
    throw new KernelError(401, 'API authorization denied.', 'access_denied');
  if (!settings.basicAuthEnabled) {
    const message =
      "Basic Auth disabled. You need to enable HTTP basic auth in the API settings of Mautic's Configuration.";
    throw new KernelError(403, message, 'access_denied');
  }
  if (Buffer.from(credentials, 'base64').toString('utf8') !== `${MAUTIC_USERNAME}:${MAUTIC_PASSWORD}`) {
    throw new KernelError(401, 'Authorization denied, invalid credentials.', 'access_denied');
  }
}
