import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DISCORD_WEBHOOK_PATH, RESEND_WEBHOOK_SECRET } from '../../../sandbox/identities';
import { readServices } from '../../../stack/services';
import { registerWebhooks } from '../../../stack/stack';
import { isSigned } from '../../support/discord';
import { startHttpServer } from '../../support/http-server';
import { startSandboxUnderTest, type SandboxUnderTest } from '../../support/sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeEach(async () => {
  sandbox = await startSandboxUnderTest();
});
afterEach(() => sandbox.close());

async function registered(environment: Record<string, string>): Promise<unknown> {
  const services = readServices(environment);
  const addresses = { sandboxUrl: sandbox.url, n8nUrl: 'http://127.0.0.1:5678' };
  await registerWebhooks({ ...addresses, services, appEventsToken: 'token' });
  const { body } = await sandbox.call('GET', '/sandbox/state/resend');
  return (body as { webhooks: unknown }).webhooks;
}

describe('registerWebhooks', () => {
  it('tells the sandbox’s Resend where n8n listens, once however often it is called', async () => {
    await registered({});
    expect(await registered({})).toMatchObject([
      {
        endpoint: 'http://127.0.0.1:5678/webhook/resend/lifecycle',
        signingSecret: RESEND_WEBHOOK_SECRET,
        events: expect.arrayContaining(['email.sent', 'email.bounced', 'email.clicked']),
      },
    ]);
  });

  it('leaves it alone when Resend is real', async () => {
    const real = { RESEND_API_KEY: 're_1', RESEND_WEBHOOK_SECRET: 'whsec_MQ==', RESEND_FROM: 'a@b.example' };
    expect(await registered(real)).toEqual([]);
  });

  it('gives the sandbox’s Discord the address of interactions, once n8n answers there', async () => {
    const endpoint = async () => {
      const { body } = await sandbox.call('GET', '/sandbox/state/discord');
      return (body as { application: { interactionsEndpointUrl: string | null } }).application
        .interactionsEndpointUrl;
    };
    await registered({});
    expect(await endpoint()).toBeNull();
    const n8n = await startHttpServer(({ path, headers, text }) => {
      const names = ['x-signature-ed25519', 'x-signature-timestamp'];
      const signature = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
      const isRight = path === DISCORD_WEBHOOK_PATH && isSigned(signature, text);
      return isRight ? { body: { type: 1 } } : { status: 401, body: {} };
    });
    await registerWebhooks({
      sandboxUrl: sandbox.url,
      n8nUrl: n8n.url,
      services: readServices({ MAUTIC_URL: 'https://m.example', MAUTIC_USERNAME: 'u', MAUTIC_PASSWORD: 'p' }),
      appEventsToken: 'token',
    }).finally(() => n8n.close());
    expect(await endpoint()).toBe(n8n.url + DISCORD_WEBHOOK_PATH);
  });
});
