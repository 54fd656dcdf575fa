import { describe, expect, it } from '@jest/globals';
import * as sandbox from '../../../sandbox/identities';
import { credentialsFor, type Credential } from '../../../stack/credentials';
import { readServices, realServices } from '../../../stack/services';

const STRIPE = { STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' };
const SHOPWARE = {
  SHOPWARE_URL: 'https://shop.example/',
  SHOPWARE_CLIENT_ID: 'SWIA1',
  SHOPWARE_CLIENT_SECRET: 'secret',
};

function credentials(environment: Record<string, string>): Record<string, Credential['data']> {
  const list = credentialsFor({
    services: readServices(environment),
    databaseUrl: 'postgres://me:p%2Fw@db.example/store?sslmode=require',
    sandboxUrl: 'http://127.0.0.1:5690',
    trialsDatabase: '/srv/product/trials.db',
    secrets: { promoCodeKey: 'own key', appEventsToken: 'own token' },
    dashboard: { username: 'team', password: 'own password' },
  });
  return Object.fromEntries(list.map(({ name, data }) => [name, data]));
}

describe('readServices', () => {
  it('takes a system without any variable as played by the sandbox', () => {
    expect(realServices(readServices({ STRIPE_SECRET_KEY: '', MAUTIC_URL: '  ' }))).toEqual([]);
  });

  it('takes a fully configured system as real, with its usual address', () => {
    const services = readServices(STRIPE);
    expect(realServices(services)).toEqual(['stripe']);
    expect(services.stripe?.STRIPE_API_URL).toBe('https://api.stripe.com');
  });

  it('takes a trial database of the team’s own as real', () => {
    const services = readServices({ TRIALS_DB: ' /srv/product/trials.db ' });
    expect(realServices(services)).toEqual(['trials']);
    expect(services.trials?.TRIALS_DB).toBe('/srv/product/trials.db');
  });

  it('names what is missing when a system is configured by half', () => {
    expect(() => readServices({ SHOPWARE_URL: 'https://shop.example' })).toThrow(
      /SHOPWARE_CLIENT_ID is missing, SHOPWARE_CLIENT_SECRET is missing/,
    );
  });

  it.each([
    [{ ...SHOPWARE, SHOPWARE_URL: 'shop.example' }, 'SHOPWARE_URL has to be an http(s) address'],
    [{ APP_WEBHOOK_TOKEN: 'short' }, 'APP_WEBHOOK_TOKEN has to have at least 32 characters'],
    [{ DISCORD_BOT_TOKEN: 'bot', DISCORD_GUILD_ID: 'my server' }, 'DISCORD_GUILD_ID has to be the server ID'],
  ])('says what is wrong with a value: %j', (environment, message) => {
    expect(() => readServices(environment)).toThrow(message);
  });

  it('does not repeat a secret in its message', () => {
    expect(() => readServices({ APP_WEBHOOK_TOKEN: 'short-secret' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('short-secret') }),
    );
  });
});

describe('credentialsFor', () => {
  it('points everything at the sandbox when nothing is real', () => {
    expect(credentials({})).toEqual({
      'Trials Database': { path: '/srv/product/trials.db' },
      'Lifecycle Dashboard': { user: 'team', password: 'own password' },
      'Lifecycle Store': {
        host: 'db.example',
        port: 5432,
        database: 'store',
        user: 'me',
        password: 'p/w',
        ssl: 'require',
      },
      Stripe: {
        url: 'http://127.0.0.1:5690/stripe',
        secretKey: sandbox.STRIPE_SECRET_KEY,
        webhookSecrets: sandbox.STRIPE_WEBHOOK_SECRET,
      },
      Shopware: {
        url: 'http://127.0.0.1:5690/shopware',
        clientId: sandbox.SHOPWARE_CLIENT_ID,
        clientSecret: sandbox.SHOPWARE_CLIENT_SECRET,
        promoCodeKey: sandbox.PROMO_CODE_SEED,
      },
      'Lemon Squeezy': { webhookSecrets: 'sandbox-lemon-squeezy-secret' },
      Mautic: {
        url: 'http://127.0.0.1:5690/mautic',
        username: sandbox.MAUTIC_USERNAME,
        password: sandbox.MAUTIC_PASSWORD,
        webhookSecrets: sandbox.MAUTIC_WEBHOOK_SECRET,
      },
      Resend: {
        url: 'http://127.0.0.1:5690/resend',
        apiKey: sandbox.RESEND_KEY,
        webhookSecrets: sandbox.RESEND_WEBHOOK_SECRET,
        from: sandbox.RESEND_FROM,
      },
      Discord: {
        url: 'http://127.0.0.1:5690/discord',
        botToken: sandbox.DISCORD_BOT_SECRET,
        serverId: sandbox.DISCORD_SERVER_ID,
        publicKey: sandbox.DISCORD_PUBLIC_KEY,
      },
      EspoCRM: { url: 'http://127.0.0.1:5690/espocrm', apiKey: sandbox.ESPOCRM_KEY },
      Twenty: { url: 'http://127.0.0.1:5690/twenty', apiKey: sandbox.TWENTY_KEY },
      Windmill: {
        url: 'http://127.0.0.1:5690/windmill',
        token: sandbox.WINDMILL_BEARER,
        workspace: sandbox.WINDMILL_WORKSPACE,
      },
      'App events': { token: sandbox.APP_EVENTS_BEARER },
      Slack: { webhookUrl: `http://127.0.0.1:5690/slack${sandbox.SLACK_WEBHOOK_PATH}` },
    });
  });

  it('uses a real system and leaves the others to the sandbox', () => {
    const { Shopware, Mautic } = credentials(SHOPWARE);
    expect(Shopware).toMatchObject({
      url: 'https://shop.example',
      clientId: 'SWIA1',
      clientSecret: 'secret',
    });
    expect(Mautic).toMatchObject({ url: 'http://127.0.0.1:5690/mautic' });
  });

  it('gives a real Mautic no secret that everybody knows', () => {
    const mautic = { MAUTIC_URL: 'https://mautic.example', MAUTIC_USERNAME: 'me', MAUTIC_PASSWORD: 'pw' };
    expect(credentials(mautic).Mautic).toMatchObject({ webhookSecrets: '' });
    expect(credentials({ ...mautic, MAUTIC_WEBHOOK_SECRET: 'own' }).Mautic).toMatchObject({
      webhookSecrets: 'own',
    });
  });

  it('uses a real Resend at its own address, or at that of a stand-in', () => {
    const real = { RESEND_API_KEY: 're_1', RESEND_WEBHOOK_SECRET: 'whsec_MQ==', RESEND_FROM: 'a@b.example' };
    expect(credentials(real).Resend).toEqual({
      url: 'https://api.resend.com',
      apiKey: 're_1',
      webhookSecrets: 'whsec_MQ==',
      from: 'a@b.example',
    });
    expect(credentials({ ...real, RESEND_API_URL: 'http://stand-in.example/' }).Resend).toMatchObject({
      url: 'http://stand-in.example',
    });
  });

  it('keeps publicly known secrets away from real systems', () => {
    expect(credentials(SHOPWARE).Shopware).toMatchObject({ promoCodeKey: 'own key' });
    expect(credentials(STRIPE)['App events']).toEqual({ token: 'own token' });
  });
});
