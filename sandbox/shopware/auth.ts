import { randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import type { SandboxRequest, SandboxResponse } from '../double';
import { SHOPWARE_CLIENT_ID, SHOPWARE_CLIENT_SECRET } from '../identities';
import { accessDenied, missingPrivileges, oauthError, shopwareError } from './errors';
import type { ShopwareState } from './state';
import { TokenThrottle } from './throttle';

const TOKEN_SECONDS = 600;
/** Prefixes of the kinds of access keys; a key with any other one ends in an internal error. */
const KEY_PREFIXES = ['SWIA', 'SWUA', 'SWSC', 'SWPE'];

const tokenRequestSchema = z.object({
  grant_type: z.string().optional(),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
});

/** Shopware's OAuth server for integrations, and the check of what they send afterwards. */
export class ShopwareAuth {
  private readonly throttle = new TokenThrottle();

  constructor(private readonly state: ShopwareState) {}

  reset(): void {
    this.throttle.reset();
  }

  /** `POST /api/oauth/token`, as JSON or as a form. */
  issueToken(request: SandboxRequest): SandboxResponse {
    const waitSeconds = this.throttle.attempt();
    if (waitSeconds > 0) {
      const detail = `Auth throttled for ${waitSeconds} seconds.`;
      throw shopwareError(429, 'FRAMEWORK__AUTH_THROTTLED', detail, { seconds: waitSeconds });
    }
    this.checkClient(readTokenRequest(request));
    this.throttle.reset();

    const token = newToken();
    const now = Date.now();
    for (const [known, expiresAt] of this.state.tokens) if (expiresAt < now) this.state.tokens.delete(known);
    this.state.tokens.set(token, now + TOKEN_SECONDS * 1000);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
      body: { token_type: 'Bearer', expires_in: TOKEN_SECONDS, access_token: token },
    };
  }

  /** Throws 401 unless the request carries a token that is still good. */
  authenticate(request: SandboxRequest): void {
    const header = request.headers.authorization;
    if (header === undefined) throw accessDenied('Missing "Authorization" header');
    const token = header.replace(/^\s*Bearer\s/, '').trim();
    if (token === '') throw accessDenied('Missing token in "Authorization" header');
    const expiresAt = this.state.tokens.get(token);
    if (expiresAt === undefined || expiresAt < Date.now()) {
      throw accessDenied('Access token could not be verified');
    }
  }

  /** Throws 403 when the integration's role lacks one of the privileges. */
  require(...privileges: readonly string[]): void {
    const { admin, privileges: granted } = this.state.integration;
    const missing = admin ? [] : privileges.filter((privilege) => !granted.includes(privilege));
    if (missing.length > 0) throw missingPrivileges(missing);
  }

  private checkClient(request: z.infer<typeof tokenRequestSchema>): void {
    if (request.grant_type !== 'client_credentials') {
      const title = 'The authorization grant type is not supported by the authorization server.';
      throw oauthError(400, '2', title, 'Check that all required parameters have been provided');
    }
    const { client_id: clientId } = request;
    if (clientId === undefined) {
      const title =
        'The request is missing a required parameter, includes an invalid parameter value, ' +
        'includes a parameter more than once, or is otherwise malformed.';
      throw oauthError(400, '3', title, 'Check the `client_id` parameter');
    }
    if (!KEY_PREFIXES.includes(clientId.slice(0, 4))) {
      const detail = 'Access key is invalid and could not be identified.';
      throw shopwareError(500, 'FRAMEWORK__API_INVALID_ACCESS_KEY', detail);
    }
    const known = clientId === SHOPWARE_CLIENT_ID && request.client_secret === SHOPWARE_CLIENT_SECRET;
    if (!known || this.state.integration.credentialsRejected) {
      throw oauthError(401, '4', 'Client authentication failed', null);
    }
  }
}

function readTokenRequest(request: SandboxRequest): z.infer<typeof tokenRequestSchema> {
  const text = request.rawBody.toString('utf8');
  const isJson = request.headers['content-type']?.includes('json') ?? false;
  const parsed = tokenRequestSchema.safeParse(
    isJson ? parseJson(text) : Object.fromEntries(new URLSearchParams(text)),
  );
  return parsed.success ? parsed.data : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw shopwareError(400, 'FRAMEWORK__BAD_REQUEST', 'The JSON payload is malformed.');
  }
}

/** Shaped like the JSON web tokens that Shopware issues; clients must not look inside. */
function newToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = part({ aud: SHOPWARE_CLIENT_ID, jti: randomBytes(40).toString('hex'), scopes: ['write'] });
  return [part({ typ: 'JWT', alg: 'HS256' }), claims, randomBytes(32).toString('base64url')].join('.');
}
