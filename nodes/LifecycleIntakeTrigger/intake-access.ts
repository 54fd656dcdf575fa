import type { IWebhookFunctions } from 'n8n-workflow';
import type { Provider } from '../../services/intake';
import type { Store } from '../../store';
import { storeOf } from '../shared/store';

/** How long a changed credential may take to be noticed; reading it costs n8n a query and a decryption each time. */
const CACHE_MS = 15_000;

const CREDENTIAL_OF = {
  stripe: { type: 'lifecycleStripeApi', field: 'webhookSecrets' },
  app: { type: 'lifecycleAppEventsApi', field: 'token' },
} as const;

export interface IntakeAccess {
  secrets: string[];
  store: Store;
}

const cache = new Map<string, { until: number; access: Promise<IntakeAccess> }>();

/** The provider's secrets and the store, as the node's credentials say. Rejects when either is out of reach. */
export function intakeAccess(context: IWebhookFunctions, provider: Provider): Promise<IntakeAccess> {
  const node = context.getNode();
  const key = `${context.getWorkflow().id ?? ''}/${node.id}/${JSON.stringify(node.credentials ?? {})}`;
  const cached = cache.get(key);
  if (cached !== undefined && cached.until > Date.now()) return cached.access;
  const access = readAccess(context, provider);
  cache.set(key, { until: Date.now() + CACHE_MS, access });
  access.catch(() => cache.delete(key));
  return access;
}

async function readAccess(context: IWebhookFunctions, provider: Provider): Promise<IntakeAccess> {
  const { type, field } = CREDENTIAL_OF[provider.source];
  const credentials = await context.getCredentials(type);
  return { secrets: secretsIn(String(credentials[field] ?? '')), store: await storeOf(context) };
}

/** Several secrets stand in one field while one is rolled: separated by commas or white space. */
function secretsIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((secret) => secret !== '');
}
