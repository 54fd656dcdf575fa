import { isSameAddress, parseAnswer } from '../http';
import type { DiscordClient } from './client';
import { CODE, DISCORD, DiscordRefusal } from './refusal';
import { application, type ApplicationEntity } from './schemas';

const PATH = '/applications/@me';
const NEEDS = { permission: 'to use the API', place: 'its own application' };
const BY_HAND =
  'Or switch "Register at the Provider" off, and enter the address in the Developer Portal by hand: your application > ' +
  'General Information > Interactions Endpoint URL.';

/** The bot's own application, of which there is one to a bot token. */
export interface Application {
  id: string;
  /** What Discord signs interactions with, hexadecimal. */
  publicKey: string;
  /** Where Discord sends them; null: nowhere, or to a bot that stays connected. */
  endpoint: string | null;
}

export async function readApplication(client: DiscordClient): Promise<Application> {
  const call = { action: "read the bot's application", path: PATH, needs: NEEDS };
  return applicationOf(await client.get(call, application));
}

export interface KeptEndpoint extends Application {
  /** False when interactions were sent there already. */
  changed: boolean;
}

/**
 * Has the application's interactions sent to `url`, which Discord calls before it answers. There is one address only: one that leads elsewhere is left alone, unless it is among `ours`. Throws `DiscordRefusal`
 * with what to do.
 */
export async function keepEndpoint(
  client: DiscordClient,
  { url, ours }: { url: string; ours: readonly string[] },
): Promise<KeptEndpoint> {
  const found = await readApplication(client);
  const { endpoint } = found;
  if (endpoint !== null && isSameAddress(endpoint, url)) return { ...found, changed: false };
  if (endpoint !== null && !ours.some((address) => isSameAddress(address, endpoint))) {
    throw new DiscordRefusal(
      `${DISCORD} sends the interactions of this application to ${endpoint} already, and an application has one address. ` +
        'Clear it in the Developer Portal (your application > General Information > Interactions Endpoint URL), or use the ' +
        'bot of another application.',
      false,
      409,
      0,
    );
  }
  const kept = await setEndpoint(client, `have interactions sent to ${url}`, url);
  return { ...kept, changed: true };
}

/** Has no interactions sent to `url` any more; an address that leads elsewhere is left alone. */
export async function removeEndpoint(client: DiscordClient, url: string): Promise<void> {
  const { endpoint } = await readApplication(client);
  if (endpoint === null || !isSameAddress(endpoint, url)) return;
  await setEndpoint(client, `have interactions no longer sent to ${url}`, null);
}

async function setEndpoint(client: DiscordClient, action: string, url: string | null): Promise<Application> {
  const call = {
    action,
    method: 'PATCH' as const,
    path: PATH,
    body: { interactions_endpoint_url: url },
    needs: NEEDS,
    repeatable: true,
  };
  const { body } = await client.call(call).catch(explainUnverified);
  return applicationOf(parseAnswer({ service: DISCORD, action }, application, body));
}

/** Discord says only that the address could not be verified. */
function explainUnverified(error: unknown): never {
  if (!(error instanceof DiscordRefusal) || error.code !== CODE.invalidForm) throw error;
  const { message, retryable, status = 400, code } = error;
  throw new DiscordRefusal(
    `${message} Discord calls the address while it is registered: it has to begin with https:// and be reachable from the ` +
      `internet, with a certificate that is valid. n8n tells it by N8N_WEBHOOK_URL. ${BY_HAND}`,
    retryable,
    status,
    code,
  );
}

function applicationOf({
  id,
  verify_key: publicKey,
  interactions_endpoint_url: url,
}: ApplicationEntity): Application {
  return { id, publicKey, endpoint: url ?? null };
}
