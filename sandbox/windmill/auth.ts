import type { SandboxRequest } from '../double';
import { WINDMILL_BEARER, WINDMILL_WEBHOOK_BEARER, WINDMILL_WORKSPACE } from '../identities';
import { scopeMissing, unauthorized } from './errors';
import { WELCOME_SCRIPT } from './fresh-state';
import type { Kind, WindmillState } from './state';

/** What a call does: tokens are limited by it. */
export type Access =
  { scope: 'run'; kind: Kind; path: string } | { scope: 'readJob' } | { scope: 'other'; name: string };

export interface Token {
  user: string;
  /** The one script that it may run; without, it may do whatever its user may. */
  onlyScript?: string;
}

const TOKENS: Readonly<Record<string, Token>> = {
  [WINDMILL_BEARER]: { user: 'n8n' },
  [WINDMILL_WEBHOOK_BEARER]: { user: 'n8n', onlyScript: WELCOME_SCRIPT },
};

/**
 * Finds the token behind a request, which is in its header or in its address. Throws 401 for one that is unknown or whose
 * user is not in the workspace, 403 for one that is limited to something else.
 */
export function authenticate(
  state: WindmillState,
  { headers, query }: SandboxRequest,
  workspace: string,
  access: Access,
): Token {
  const [, bearer] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  const given = bearer ?? query.get('token') ?? '';
  const token = Object.hasOwn(TOKENS, given) ? TOKENS[given] : undefined;
  if (!token || state.settings.tokensRejected || workspace !== WINDMILL_WORKSPACE) throw unauthorized();
  const missing = token.onlyScript === undefined ? undefined : missingScope(state, token.onlyScript, access);
  if (missing !== undefined) throw scopeMissing(missing);
  return token;
}

function missingScope({ settings }: WindmillState, onlyScript: string, access: Access): string | undefined {
  if (access.scope === 'other') return access.name;
  if (access.scope === 'readJob') return settings.runTokensRead ? undefined : 'jobs:read';
  const isItsOwn = access.kind === 'script' && access.path === onlyScript;
  return isItsOwn ? undefined : `jobs:run:${access.kind}s:${access.path}`;
}
