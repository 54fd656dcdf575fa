import { z } from 'zod/v4';
import { DISCORD_PUBLIC_KEY } from '../identities';
import { endpointAnswersRightly } from './endpoint-check';
import { invalidForm } from './errors';
import { inWords, jsonBodyOf, parseForm } from './form';
import { INTENT_FLAGS } from './intents';
import { personJson, userJson } from './objects';
import { ok, type Routes } from './routes';
import type { DiscordState } from './state';
import type { World } from './world';

const LONGEST_ADDRESS = 2048;
const OWN_FLAGS = Object.values(INTENT_FLAGS).reduce((bits, bit) => bits | bit, 0);

const changeSchema = z.object({
  interactions_endpoint_url: z
    .string()
    .max(LONGEST_ADDRESS)
    .refine(isAddress, inWords('URL_TYPE_INVALID_URL', 'Not a well formed URL.'))
    .nullish(),
  flags: z.int().min(0).nullish(),
});

export function addApplicationRoutes(routes: Routes, world: World): void {
  const { state, changed } = world;
  routes
    .on('GET', '/applications/@me', () => ok(applicationJson(state)))
    .on('PATCH', '/applications/@me', async ({ request }) => {
      const { interactions_endpoint_url: url, flags } = parseForm(changeSchema, jsonBodyOf(request));
      if (url && !(await endpointAnswersRightly(world, url))) throw unverified();
      const { application } = state;
      state.application = {
        ...application,
        // Only the intents of small applications can be set by this call.
        ...(typeof flags === 'number' && { flags: (application.flags & ~OWN_FLAGS) | (flags & OWN_FLAGS) }),
        ...(url !== undefined && { interactionsEndpointUrl: url || null }),
      };
      changed();
      return ok(applicationJson(state));
    });
}

/** Discord asks for `https`; here a machine's own address may go without. */
function isAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}

function unverified(): Error {
  const message = 'The specified interactions endpoint url could not be verified.';
  const code = 'APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID';
  return invalidForm([{ path: ['interactions_endpoint_url'], code, message }]);
}

function applicationJson(state: DiscordState): object {
  const { id, flags, interactionsEndpointUrl } = state.application;
  return {
    id,
    name: state.bot.username,
    icon: null,
    description: '',
    type: null,
    bot: userJson(state),
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: DISCORD_PUBLIC_KEY,
    flags,
    flags_new: String(flags),
    redirect_uris: [],
    interactions_endpoint_url: interactionsEndpointUrl,
    role_connections_verification_url: null,
    owner: personJson(state.server.ownerId, state),
    approximate_guild_count: state.bot.inServer ? 1 : 0,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: ['bot', 'applications.commands'],
  };
}
