import type { IWebhookFunctions } from 'n8n-workflow';
import type { Provider } from '../../services/intake';
import type { Store } from '../../store';
import { providerSecrets } from '../shared/provider-secrets';
import { storeOf } from '../shared/store';

/** How long a changed credential may take to be noticed; reading it costs n8n a query and a decryption each time. */
const CACHE_MS = 15_000;
/** How old what was read may be when a signature is wrong by it: a secret may just have been registered or changed. */
const DOUBTED_CACHE_MS = 1_000;

export interface IntakeAccess {
  secrets: string[];
  store: Store;
}

const cache = new Map<string, { readAt: number; access: Promise<IntakeAccess> }>();

/**
 * The provider's secrets and the store, as the node's credentials say, with the secret that was agreed on when the
 * node registered itself. `doubted` reads them anew unless that was done just now. Rejects when either is out of reach.
 */
export function intakeAccess(
  context: IWebhookFunctions,
  provider: Provider,
  { doubted = false } = {},
): Promise<IntakeAccess> {
  const key = nodeKey(context);
  const cached = cache.get(key);
  const oldest = Date.now() - (doubted ? DOUBTED_CACHE_MS : CACHE_MS);
  if (cached !== undefined && cached.readAt > oldest) return cached.access;
  const access = readAccess(context, provider);
  cache.set(key, { readAt: Date.now(), access });
  access.catch(() => cache.delete(key));
  return access;
}

/** Tells trigger nodes apart, and the same one with other credentials. */
export function nodeKey(context: IWebhookFunctions): string {
  const { id, credentials = {} } = context.getNode();
  return [context.getWorkflow().id ?? '', id, context.getMode(), JSON.stringify(credentials)].join('/');
}

async function readAccess(context: IWebhookFunctions, { source }: Provider): Promise<IntakeAccess> {
  const secrets = await providerSecrets(context, source);
  const store = await storeOf(context);
  const url = context.getNodeWebhookUrl('default');
  const registered = url === undefined ? undefined : await store.webhooks.get(source, url);
  if (registered?.secret) secrets.push(registered.secret);
  return { secrets, store };
}
