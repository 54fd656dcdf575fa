import type { IAllExecuteFunctions } from 'n8n-workflow';
import type { Provider } from '../../services/intake';

/** Where a provider's secrets stand. */
const CREDENTIAL_OF = {
  stripe: { type: 'lifecycleStripeApi', field: 'webhookSecrets' },
  mautic: { type: 'lifecycleMauticApi', field: 'webhookSecrets' },
  lemonSqueezy: { type: 'lifecycleLemonSqueezyApi', field: 'webhookSecrets' },
  resend: { type: 'lifecycleResendApi', field: 'webhookSecrets' },
  discord: { type: 'lifecycleDiscordApi', field: 'publicKey' },
  app: { type: 'lifecycleAppEventsApi', field: 'token' },
} as const;

/**
 * The secrets in the provider's credential, of Discord its public keys: several, separated by commas or white space,
 * while one is rolled.
 */
export async function providerSecrets(
  context: IAllExecuteFunctions,
  source: Provider['source'],
): Promise<string[]> {
  const { type, field } = CREDENTIAL_OF[source];
  const credential = await context.getCredentials(type);
  return separateSecrets(credential[field]);
}

/** The secrets in a credential's field. */
export function separateSecrets(field: unknown): string[] {
  return String(field ?? '')
    .split(/[\s,]+/)
    .filter((secret) => secret !== '');
}
