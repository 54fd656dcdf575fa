/**
 * The credentials every double accepts. They open nothing but the sandbox, so they are written down here for the
 * launcher, the tests and the doubles alike; real ones come from the environment only.
 */

export const STRIPE_SECRET_KEY = 'sk_test_sandbox';
export const STRIPE_WEBHOOK_SECRET = 'whsec_sandbox';

export const SHOPWARE_CLIENT_ID = 'SWIASANDBOX';
export const SHOPWARE_CLIENT_SECRET = 'sandbox-client-secret';

export const MAUTIC_USERNAME = 'n8n';
export const MAUTIC_PASSWORD = 'sandbox-password';
/** Signs Mautic's webhooks. */
export const MAUTIC_WEBHOOK_SECRET = 'sandbox-mautic-webhook-secret';

/** Keys of Resend's two kinds, what signs its webhooks (`whsec_` and base64), and whom mails are from. */
export const RESEND_KEY = 're_sandbox_full_access';
export const RESEND_SENDING_KEY = 're_sandbox_sending_access';
export const RESEND_WEBHOOK_SECRET = 'whsec_c2FuZGJveC1yZXNlbmQtc2lnbmluZy1rZXk=';
export const RESEND_FROM = 'Lifecycle <hello@example.com>';

/** Signs Lemon Squeezy's webhooks. */
export const LEMON_SQUEEZY_WEBHOOK_SECRET = 'sandbox-lemon-squeezy-secret';

/** Path of the one incoming webhook, below the Slack double's own address. */
export const SLACK_WEBHOOK_PATH = '/services/T000/B000/sandbox';

/** Bearer token with which an application reports its events. */
export const APP_EVENTS_BEARER = 'sandbox-app-token-0123456789abcdefghij';

/** Key from which promo codes are derived. */
export const PROMO_CODE_SEED = 'sandbox-promo-code-key-0123456789';

/** Bot token and server (guild) of the Discord double. */
export const DISCORD_BOT_SECRET = 'sandbox-discord-bot';
export const DISCORD_SERVER_ID = '1100000000000000001';
/** Ed25519 key (hex) with which the Discord double signs interactions, and the public key that goes with it. */
export const DISCORD_SIGNING_SEED = 'fdcfea23a2cc9382850b8512b4f0c005411a23e2d12d937a4e98ee297182e4ef';
export const DISCORD_PUBLIC_KEY = '77fb096ee858829498e98f0758a66f0e4c54762bec2d098aee1c18379c84835c';

/** API keys of EspoCRM's two kinds of API users. */
export const ESPOCRM_KEY = 'sandbox-espocrm-key';
export const ESPOCRM_HMAC_KEY = 'sandbox-espocrm-hmac-key';
export const ESPOCRM_HMAC_SECRET = 'sandbox-espocrm-hmac-secret';

/** API key of Twenty's workspace. */
export const TWENTY_KEY = 'sandbox-twenty-key';

/** Workspace of the Windmill double, a user's token in it, and one that was made for the webhook of a single script. */
export const WINDMILL_WORKSPACE = 'campaign';
export const WINDMILL_BEARER = 'sandbox-windmill-token';
export const WINDMILL_WEBHOOK_BEARER = 'sandbox-windmill-webhook-token';

/** Where n8n takes in webhooks, below its own address. */
export const STRIPE_WEBHOOK_PATH = '/webhook/stripe/lifecycle';
export const MAUTIC_WEBHOOK_PATH = '/webhook/mautic/lifecycle';
export const LEMON_SQUEEZY_WEBHOOK_PATH = '/webhook/lemonsqueezy/lifecycle';
export const RESEND_WEBHOOK_PATH = '/webhook/resend/lifecycle';
export const DISCORD_WEBHOOK_PATH = '/webhook/discord/lifecycle';
export const APP_EVENTS_WEBHOOK_PATH = '/webhook/app/lifecycle';
/** What applications that post to Windmill enter in the place of its address, below n8n's own. */
export const WINDMILL_DROP_IN_PATH = '/webhook/windmill';
