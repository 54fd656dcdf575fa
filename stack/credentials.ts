import * as sandbox from '../sandbox/identities';
import { readConnectionUrl } from './connection-url';
import type { DashboardLogin } from './dashboard';
import { realServices, type Services } from './services';

/** A credential as n8n keeps it; the workflows refer to it by type and name. */
export interface Credential {
  name: string;
  type: string;
  data: Record<string, string | number>;
}

export interface CredentialSources {
  services: Services;
  /** The store's connection URL. */
  databaseUrl: string;
  /** The sandbox's address, without trailing slash. */
  sandboxUrl: string;
  /** Path of the SQLite file that trials are read from. */
  trialsDatabase: string;
  /** Secrets of this installation, for what the environment leaves open. */
  secrets: { promoCodeKey: string; appEventsToken: string };
  dashboard: DashboardLogin;
}

/** The token with which an application reports its events. */
export function appEventsTokenOf(
  services: Services,
  secrets: Pick<CredentialSources['secrets'], 'appEventsToken'>,
): string {
  if (services.appEvents) return services.appEvents.APP_WEBHOOK_TOKEN;
  // The sandbox's token is public knowledge: it must not open a door to anything real.
  return realServices(services).length === 0 ? sandbox.APP_EVENTS_BEARER : secrets.appEventsToken;
}

/** The credentials that the workflows name: of the real systems where there are some, else of the sandbox. */
export function credentialsFor({
  services,
  databaseUrl,
  sandboxUrl,
  trialsDatabase,
  secrets,
  dashboard,
}: CredentialSources): Credential[] {
  const { stripe, shopware, lemonSqueezy, mautic, resend, discord, espocrm, twenty, windmill, slack } =
    services;
  return [
    { name: 'Lifecycle Store', type: 'lifecycleStoreApi', data: storeFields(databaseUrl) },
    {
      name: 'Lifecycle Dashboard',
      type: 'httpBasicAuth',
      data: { user: dashboard.username, password: dashboard.password },
    },
    {
      name: 'Stripe',
      type: 'lifecycleStripeApi',
      data: {
        url: stripe?.STRIPE_API_URL ?? `${sandboxUrl}/stripe`,
        secretKey: stripe?.STRIPE_SECRET_KEY ?? sandbox.STRIPE_SECRET_KEY,
        webhookSecrets: stripe?.STRIPE_WEBHOOK_SECRET ?? sandbox.STRIPE_WEBHOOK_SECRET,
      },
    },
    {
      name: 'Shopware',
      type: 'lifecycleShopwareApi',
      data: {
        url: shopware?.SHOPWARE_URL ?? `${sandboxUrl}/shopware`,
        clientId: shopware?.SHOPWARE_CLIENT_ID ?? sandbox.SHOPWARE_CLIENT_ID,
        clientSecret: shopware?.SHOPWARE_CLIENT_SECRET ?? sandbox.SHOPWARE_CLIENT_SECRET,
        promoCodeKey: shopware ? secrets.promoCodeKey : sandbox.PROMO_CODE_SEED,
      },
    },
    {
      name: 'Lemon Squeezy',
      type: 'lifecycleLemonSqueezyApi',
      data: {
        webhookSecrets: lemonSqueezy?.LEMON_SQUEEZY_WEBHOOK_SECRET ?? sandbox.LEMON_SQUEEZY_WEBHOOK_SECRET,
      },
    },
    {
      name: 'Mautic',
      type: 'lifecycleMauticApi',
      data: {
        url: mautic?.MAUTIC_URL ?? `${sandboxUrl}/mautic`,
        username: mautic?.MAUTIC_USERNAME ?? sandbox.MAUTIC_USERNAME,
        password: mautic?.MAUTIC_PASSWORD ?? sandbox.MAUTIC_PASSWORD,
        webhookSecrets: mautic ? (mautic.MAUTIC_WEBHOOK_SECRET ?? '') : sandbox.MAUTIC_WEBHOOK_SECRET,
      },
    },
    {
      name: 'Resend',
      type: 'lifecycleResendApi',
      data: {
        url: resend?.RESEND_API_URL ?? `${sandboxUrl}/resend`,
        apiKey: resend?.RESEND_API_KEY ?? sandbox.RESEND_KEY,
        webhookSecrets: resend?.RESEND_WEBHOOK_SECRET ?? sandbox.RESEND_WEBHOOK_SECRET,
        from: resend?.RESEND_FROM ?? sandbox.RESEND_FROM,
      },
    },
    {
      name: 'Discord',
      type: 'lifecycleDiscordApi',
      data: {
        url: discord?.DISCORD_API_URL ?? `${sandboxUrl}/discord`,
        botToken: discord?.DISCORD_BOT_TOKEN ?? sandbox.DISCORD_BOT_SECRET,
        serverId: discord?.DISCORD_GUILD_ID ?? sandbox.DISCORD_SERVER_ID,
        publicKey: discord ? (discord.DISCORD_PUBLIC_KEY ?? '') : sandbox.DISCORD_PUBLIC_KEY,
      },
    },
    {
      name: 'EspoCRM',
      type: 'lifecycleEspoCrmApi',
      data: {
        url: espocrm?.ESPOCRM_URL ?? `${sandboxUrl}/espocrm`,
        apiKey: espocrm?.ESPOCRM_API_KEY ?? sandbox.ESPOCRM_KEY,
      },
    },
    {
      name: 'Twenty',
      type: 'lifecycleTwentyApi',
      data: {
        url: twenty?.TWENTY_URL ?? `${sandboxUrl}/twenty`,
        apiKey: twenty?.TWENTY_API_KEY ?? sandbox.TWENTY_KEY,
      },
    },
    {
      name: 'Windmill',
      type: 'lifecycleWindmillApi',
      data: {
        url: windmill?.WINDMILL_URL ?? `${sandboxUrl}/windmill`,
        token: windmill?.WINDMILL_TOKEN ?? sandbox.WINDMILL_BEARER,
        workspace: windmill?.WINDMILL_WORKSPACE ?? sandbox.WINDMILL_WORKSPACE,
      },
    },
    {
      name: 'App events',
      type: 'lifecycleAppEventsApi',
      data: { token: appEventsTokenOf(services, secrets) },
    },
    { name: 'Trials Database', type: 'lifecycleTrialsDatabaseApi', data: { path: trialsDatabase } },
    {
      name: 'Slack',
      type: 'lifecycleSlackApi',
      data: { webhookUrl: slack?.SLACK_WEBHOOK_URL ?? `${sandboxUrl}/slack${sandbox.SLACK_WEBHOOK_PATH}` },
    },
  ];
}

/** A connection URL as the fields of the credential "Lifecycle Store API". */
function storeFields(databaseUrl: string): Record<string, string | number> {
  const { sslMode, ...fields } = readConnectionUrl(databaseUrl);
  return { ...fields, ssl: sslMode };
}
