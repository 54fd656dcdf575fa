import {
  APP_EVENTS_BEARER,
  DISCORD_BOT_SECRET,
  ESPOCRM_KEY,
  MAUTIC_PASSWORD,
  MAUTIC_USERNAME,
  PROMO_CODE_SEED,
  SHOPWARE_CLIENT_ID,
  SHOPWARE_CLIENT_SECRET,
  STRIPE_SECRET_KEY,
  STRIPE_WEBHOOK_SECRET,
  TWENTY_KEY,
} from '../sandbox/identities';
import type { Credential } from '../stack/credentials';

/** What the workflows in `peers` name: credentials of n8n's own types, for the sandbox's systems. */
export function peerCredentials(sandboxUrl: string): Credential[] {
  return [
    {
      name: 'Bench Stripe webhook secret',
      type: 'crypto',
      data: { hmacSecret: STRIPE_WEBHOOK_SECRET },
    },
    { name: 'Bench promo code key', type: 'crypto', data: { hmacSecret: PROMO_CODE_SEED } },
    { name: 'Bench Stripe', type: 'stripeApi', data: { secretKey: STRIPE_SECRET_KEY } },
    {
      // n8n fetches the token once, keeps it, and renews it when it is refused.
      name: 'Bench Shopware',
      type: 'oAuth2Api',
      data: {
        grantType: 'clientCredentials',
        accessTokenUrl: `${sandboxUrl}/shopware/api/oauth/token`,
        clientId: SHOPWARE_CLIENT_ID,
        clientSecret: SHOPWARE_CLIENT_SECRET,
        authentication: 'body',
      },
    },
    {
      name: 'Bench Mautic',
      type: 'mauticApi',
      data: { url: `${sandboxUrl}/mautic`, username: MAUTIC_USERNAME, password: MAUTIC_PASSWORD },
    },
    {
      name: 'Bench Discord',
      type: 'httpHeaderAuth',
      data: { name: 'Authorization', value: `Bot ${DISCORD_BOT_SECRET}` },
    },
    {
      name: 'Bench application',
      type: 'httpHeaderAuth',
      data: { name: 'Authorization', value: `Bearer ${APP_EVENTS_BEARER}` },
    },
    {
      name: 'Bench Twenty',
      type: 'httpHeaderAuth',
      data: { name: 'Authorization', value: `Bearer ${TWENTY_KEY}` },
    },
    { name: 'Bench EspoCRM', type: 'httpHeaderAuth', data: { name: 'X-Api-Key', value: ESPOCRM_KEY } },
  ];
}
