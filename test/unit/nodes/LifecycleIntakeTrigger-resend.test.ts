import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { Webhook } from 'standardwebhooks';
import { LifecycleResendApi } from '../../../credentials/LifecycleResendApi.credentials';
import { REMOVAL_DELAY_MS } from '../../../nodes/LifecycleIntakeTrigger/registration';
import { LifecycleReconcile } from '../../../nodes/LifecycleReconcile/LifecycleReconcile.node';
import type { Store } from '../../../store';
import { executeNode, type FilledCredential } from '../../support/execute-node';
import { IntakeNode } from '../../support/intake-node';
import { ResendWebhooks } from '../../support/resend-webhooks';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';
import { until } from '../../support/until';

const URL = 'https://n8n.example/webhook/resend/lifecycle';
const BY_HAND = secretOf('the-secret-that-an-admin-entered');
const OLDER = secretOf('the-secret-before-that-was-another');

const database = useStore();
let resend: ResendWebhooks;
let store: Store;
let node: IntakeNode;
let workflow = 0;
/** What the node is about to do since it was unpublished. */
let removal: (() => void) | undefined;

beforeAll(async () => {
  resend = await new ResendWebhooks().start();
});
beforeEach(async () => {
  resend.reset();
  store = await database.empty();
  workflow += 1;
  removal = undefined;
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => resend.close());

describe('the intake of Resend', () => {
  it('stores what comes in, once however often it comes', async () => {
    node = intake(BY_HAND);
    expect(await node.receive(delivery())).toMatchObject({ status: 200, body: { received: true } });
    expect(await node.receive(delivery())).toMatchObject({ status: 200, body: { duplicate: true } });
    expect(await node.receive(delivery({ id: 'msg_2' }))).toMatchObject({ status: 200 });
    expect(await database.sql('select from lifecycle.event')).toHaveLength(2);
    expect(await store.events.newest(['resend:email.bounced'])).toMatchObject({
      source: 'resend',
      payload: { data: { email_id: 'e-1' } },
    });
  });

  it('takes what is signed with the older of two secrets', async () => {
    node = intake(`${BY_HAND}\n${OLDER}`);
    expect(await node.receive(delivery({ secret: OLDER }))).toMatchObject({ status: 200 });
  });

  it.each([
    ['with another secret', { secret: OLDER }],
    ['more than five minutes ago', { ageSeconds: 301 }],
    ['for a time to come', { ageSeconds: -310 }],
  ])('refuses what was signed %s, and starts no execution', async (_case, options) => {
    node = intake(BY_HAND);
    const { status, items } = await node.receive(delivery(options));
    expect(status).toBe(401);
    expect(items).toBeUndefined();
    expect(await database.sql('select from lifecycle.event')).toEqual([]);
  });

  it('asks Resend to come again while no secret is known', async () => {
    node = intake('');
    expect(await node.receive(delivery())).toMatchObject({ status: 503 });
  });

  it('shows the events in the editor instead of storing them', async () => {
    node = intake(BY_HAND);
    const { items } = await node.receive(delivery(), 'manual');
    expect(items?.map(({ json }) => json.event)).toEqual([
      expect.objectContaining({ source: 'resend', externalId: 'msg_1', type: 'email.bounced' }),
    ]);
    expect(await database.sql('select from lifecycle.event')).toEqual([]);
  });
});

describe('publishing the intake of Resend', () => {
  it('makes a webhook for all of its events, and keeps its secret', async () => {
    node = intake('', true);
    await node.publish();
    expect(resend.webhooks).toEqual([
      expect.objectContaining({
        endpoint: URL,
        status: 'enabled',
        events: expect.arrayContaining(['email.sent', 'email.opened', 'email.bounced']),
      }),
    ]);
    expect(resend.received[0]?.headers).toMatchObject({
      authorization: 'Bearer re_1',
      'user-agent': expect.stringMatching(/lifecycle/),
    });
    const secret = resend.webhooks[0]?.signing_secret ?? '';
    expect(await store.webhooks.bySource('resend')).toEqual([
      expect.objectContaining({ url: URL, secret, madeByUs: true, wanted: true }),
    ]);
    expect(await node.receive(delivery({ secret }))).toMatchObject({ status: 200 });
  });

  it("takes the credential's secret as well as the registered one", async () => {
    node = intake(BY_HAND, true);
    await node.publish();
    const secret = resend.webhooks[0]?.signing_secret ?? '';
    expect(await node.receive(delivery({ secret }))).toMatchObject({ status: 200 });
    expect(await node.receive(delivery({ id: 'msg_2' }))).toMatchObject({ status: 200 });
  });

  it('again changes nothing', async () => {
    node = intake('', true);
    await node.publish();
    const before = structuredClone(resend.webhooks);
    await node.publish('init');
    expect(resend.webhooks).toEqual(before);
    expect(resend.writes).toEqual(['POST /webhooks']);
  });

  it('says what to do when the key may only send', async () => {
    const body = { statusCode: 401, name: 'restricted_api_key', message: 'This API key is restricted' };
    resend.failure = { of: /webhooks/, answer: { status: 401, body } };
    node = intake('', true);
    await expect(node.publish()).rejects.toThrow(/full access.*"Register at the Provider" off/);
    expect(await store.webhooks.bySource('resend')).toEqual([]);
  });

  it('removes what it made once it is unpublished for good', async () => {
    holdRemovals();
    node = intake('', true);
    await node.publish();
    await node.unpublish();
    removal?.();
    await until(() => resend.webhooks.length === 0);
    await until(async () => (await store.webhooks.bySource('resend')).length === 0);
  });

  it('never removes what an admin made', async () => {
    holdRemovals();
    const byHand = resend.add({ endpoint: URL });
    node = intake('', true);
    await node.publish();
    await node.unpublish();
    removal?.();
    await until(async () => (await store.webhooks.bySource('resend')).length === 0);
    expect(resend.webhooks).toEqual([expect.objectContaining({ id: byHand.id })]);
  });
});

describe('looking after Resend', () => {
  it('has nothing to do where nothing is registered', async () => {
    expect(await lookAfter()).toMatchObject({ provider: 'resend', webhook: 'not ours' });
    expect(resend.received).toEqual([]);
  });

  it('enables the webhook again, and says so', async () => {
    node = intake('', true);
    await node.publish();
    Object.assign(resend.webhooks[0] ?? {}, { status: 'disabled' });
    expect(await lookAfter()).toEqual({
      provider: 'resend',
      webhook: 'repaired',
      summary: 'Resend: its webhook was repaired.',
    });
    expect(resend.webhooks).toEqual([expect.objectContaining({ status: 'enabled' })]);
    expect(await lookAfter()).toMatchObject({ webhook: 'registered' });
  });

  it('fails when Resend refuses', async () => {
    node = intake('', true);
    await node.publish();
    resend.failure = { of: /GET/, answer: { status: 503, body: {} } };
    await expect(lookAfter()).rejects.toThrow(/Resend could not read the webhook/);
  });
});

function credential(webhookSecrets: string): FilledCredential {
  return { type: new LifecycleResendApi(), data: { url: resend.url, apiKey: 're_1', webhookSecrets } };
}

function intake(webhookSecrets: string, register = false): IntakeNode {
  return new IntakeNode({
    parameters: { provider: 'resend', register },
    credentials: [storeCredential(database.url()), credential(webhookSecrets)],
    url: URL,
    workflowId: `intake-resend-${workflow}`,
  });
}

async function lookAfter(): Promise<IDataObject> {
  const [output = []] = await executeNode(
    {
      node: new LifecycleReconcile(),
      parameters: { provider: 'resend' },
      credentials: [storeCredential(database.url()), credential('')],
    },
    [{}],
  );
  return output[0]?.json ?? {};
}

function delivery({ id = 'msg_1', secret = BY_HAND, ageSeconds = 0 } = {}) {
  const at = new Date(Date.now() - ageSeconds * 1000);
  const body = JSON.stringify({
    type: 'email.bounced',
    created_at: '2026-03-01T12:00:00.000Z',
    data: { email_id: 'e-1', to: ['ada@example.com'], bounce: { type: 'Permanent' } },
  });
  return {
    headers: {
      'content-type': 'application/json',
      'svix-id': id,
      'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
      'svix-signature': new Webhook(secret).sign(id, at, body),
    },
    rawBody: Buffer.from(body),
  };
}

function secretOf(key: string): string {
  return `whsec_${Buffer.from(key).toString('base64')}`;
}

/** Holds back what the node does some time after it was unpublished. */
function holdRemovals(): void {
  const start = globalThis.setTimeout;
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((
    run: () => void,
    milliseconds?: number,
  ): NodeJS.Timeout => {
    if (milliseconds !== REMOVAL_DELAY_MS) return start(run, milliseconds);
    removal = run;
    return start(() => undefined, 0);
  }) as typeof setTimeout);
}
