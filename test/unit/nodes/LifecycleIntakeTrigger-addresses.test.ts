import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  Workflow,
  resolveWebhookDescriptionField,
  type INodeParameters,
  type INodeTypes,
  type IWebhookDescription,
} from 'n8n-workflow';
import { LifecycleLemonSqueezyApi } from '../../../credentials/LifecycleLemonSqueezyApi.credentials';
import { LifecycleIntakeTrigger } from '../../../nodes/LifecycleIntakeTrigger/LifecycleIntakeTrigger.node';
import { APP_EVENTS_BEARER, LEMON_SQUEEZY_WEBHOOK_SECRET } from '../../../sandbox/identities';
import { appEventsCredential } from '../../support/app-events';
import { IntakeNode } from '../../support/intake-node';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';

const database = useStore();
const { description } = new LifecycleIntakeTrigger();
const ADDRESSES = description.webhooks ?? [];
const ADA = { email: 'ada@example.com' };

let workflow = 0;
beforeEach(() => {
  workflow += 1;
});

describe('the addresses of the intake', () => {
  it.each(['stripe', 'mautic', 'lemonSqueezy', 'resend', 'app'])('of %s are one', (provider) => {
    expect(ADDRESSES.flatMap((address) => methodsAt(address, { provider }))).toEqual(['POST lifecycle']);
  });

  it('of the drop-in are those of Windmill as well', () => {
    expect(ADDRESSES.flatMap((address) => methodsAt(address, { provider: 'windmill' }))).toEqual([
      'POST lifecycle',
      'POST api/w/:workspace/jobs/run/p/:kind/:folder/:name',
      'HEAD api/w/:workspace/jobs/run/p/:kind/:folder/:name',
      'POST api/w/:workspace/jobs/run/p/:kind/:folder/:subfolder/:name',
      'HEAD api/w/:workspace/jobs/run/p/:kind/:folder/:subfolder/:name',
    ]);
  });

  it('are found without the expression engine, which makes each call slow', () => {
    for (const address of ADDRESSES) {
      for (const field of [
        'path',
        'isFullPath',
        'restartWebhook',
        'httpMethod',
        'responseMode',
        'responseData',
      ]) {
        const value = address[field];
        const isStatic = typeof value !== 'string' || !value.startsWith('=');
        const node = { parameters: { provider: 'windmill' } };
        expect({
          field,
          fast: isStatic || resolveWebhookDescriptionField(node, address, field).resolved,
        }).toEqual({
          field,
          fast: true,
        });
      }
    }
    expect(description.version).toBe(2);
  });

  it.each(['stripe', 'windmill'])(
    'are the same for the editor, which evaluates expressions, of %s',
    (provider) => {
      for (const address of ADDRESSES.filter(({ name }) => name === 'setup'))
        expect(evaluated(address.httpMethod, { provider })).toEqual(
          provider === 'windmill' ? ['POST', 'HEAD'] : [],
        );
    },
  );

  it.each([
    ['windmill', 'default'],
    ['app', 'setup'],
  ] as const)('of %s are no other’s', async (provider, webhook) => {
    const store = await database.empty();
    const answer = await intake(provider).receive({ ...call({ ...ADA, plan: 'pro' }), webhook });
    expect(answer.status).toBe(404);
    expect(await store.events.newest(['app:user.registered'])).toBeUndefined();
  });
});

describe('the drop-in for Windmill', () => {
  it('stores what comes as an event of the application, once, and gives a repeated call the same job', async () => {
    const store = await database.empty();
    const node = intake('windmill');
    const one = await node.receive(windmillCall({ ...ADA, plan: 'pro' }));
    expect(one).toMatchObject({
      status: 201,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(await store.events.newest(['app:user.registered'])).toMatchObject({
      source: 'app',
      payload: { data: { ...ADA, plan: 'pro' } },
    });
    expect((await node.receive(windmillCall({ ...ADA, plan: 'pro' }))).body).toBe(one.body);
    expect(await database.sql('select from lifecycle.event')).toHaveLength(1);
  });

  it('knows an event that came by the other address', async () => {
    await database.empty();
    const id = 'signup-1';
    const event = { id, type: 'user.registered', data: { ...ADA, plan: 'pro' } };
    await intake('app').receive(call(event));
    await intake('windmill').receive(windmillCall({ ...ADA, plan: 'pro', id }));
    expect(await database.sql('select from lifecycle.event')).toHaveLength(1);
  });

  it('reads the token, the job id and the script out of the address', async () => {
    const store = await database.empty();
    const job_id = '0b8f5d1e-6a2c-4a8f-9d3e-5f1c2b3a4d5e';
    const answer = await intake('windmill').receive({
      ...windmillCall(ADA),
      headers: { 'content-type': 'application/json' },
      query: { token: APP_EVENTS_BEARER, job_id: [job_id, 'another'] },
      params: { workspace: 'crm', kind: 'f', folder: 'crm', subfolder: 'users', name: 'user-logged-in' },
    });
    expect(answer).toMatchObject({ status: 201, body: job_id });
    expect(await store.events.newest(['app:user.loggedIn'])).toMatchObject({ externalId: job_id });
  });

  it('refuses in text', async () => {
    await database.empty();
    const headers = { 'content-type': 'application/json', authorization: 'Bearer guess' };
    expect(await intake('windmill').receive({ ...windmillCall(ADA), headers })).toMatchObject({
      status: 401,
      body: 'Unauthorized: the bearer token is wrong',
    });
  });

  it('says in text that the store is down', async () => {
    await database.empty();
    await database.postgres.stop();
    try {
      expect(await intake('windmill').receive(windmillCall({ ...ADA, plan: 'pro' }))).toMatchObject({
        status: 503,
        headers: { 'retry-after': '30' },
        body: expect.stringMatching(/send it again later/),
      });
    } finally {
      await database.postgres.start();
    }
  });

  it('says that it is there without a look at the token', async () => {
    await database.empty();
    const { status, body } = await intake('windmill').receive({
      ...windmillCall({}),
      headers: {},
      method: 'HEAD',
    });
    expect({ status, body }).toEqual({ status: 200, body: '' });
  });

  it('shows in the editor what it was called with', async () => {
    await database.empty();
    const { items } = await intake('windmill').receive(windmillCall({ ...ADA, plan: 'pro' }), 'manual');
    expect(items).toMatchObject([{ json: { event: { source: 'app', type: 'user.registered' } } }]);
  });
});

describe('what the application sends without an id', () => {
  it('is stored once, however often and however much at once it comes', async () => {
    await database.empty();
    const node = intake('app');
    const event = { type: 'user.registered', data: { ...ADA, plan: 'pro' } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => node.receive(call(event))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.filter(({ body }) => Object(body).duplicate !== true)).toHaveLength(1);
    expect(await database.sql('select from lifecycle.event')).toHaveLength(1);
  });
});

describe('the intake of Lemon Squeezy', () => {
  it('verifies with the secrets in its credential', async () => {
    const store = await database.empty();
    const body = JSON.stringify({
      meta: { event_name: 'subscription_created' },
      data: { type: 'subscriptions', id: '41', attributes: { updated_at: '2026-03-01T11:00:00.000000Z' } },
    });
    const sent = (secret: string) =>
      intake('lemonSqueezy').receive({
        headers: {
          'content-type': 'application/json',
          'x-signature': createHmac('sha256', secret).update(body).digest('hex'),
        },
        rawBody: Buffer.from(body),
      });
    expect(await sent('somebody-elses')).toMatchObject({ status: 401 });
    expect(await sent(LEMON_SQUEEZY_WEBHOOK_SECRET)).toMatchObject({ status: 200, body: { received: true } });
    expect(await store.events.newest(['lemonSqueezy:subscription_created'])).toMatchObject({
      externalId: 'subscription_created:subscriptions:41:2026-03-01T11:00:00.000000Z',
    });
  });

  it.each([
    ['OK', 'six-or-more'],
    ['OK', 'one-of-two, the-other'],
    ['Error', 'five5'],
    ['Error', 'x'.repeat(41)],
    ['Error', 'long-enough, short'.replace('short', 'not')],
    ['Error', ' '],
    ['Error', undefined],
  ])('says %s of the signing secret %s', async (status, webhookSecrets) => {
    const { testLemonSqueezySecrets } = new LifecycleIntakeTrigger().methods.credentialTest;
    const credential = {
      id: '1',
      name: 'Lemon Squeezy',
      type: 'lifecycleLemonSqueezyApi',
      data: { webhookSecrets },
    };
    const answer = await testLemonSqueezySecrets.call({} as never, credential as never);
    expect(answer.status).toBe(status);
    expect(answer.message).not.toContain('five5');
  });
});

function intake(provider: string): IntakeNode {
  const secrets = { webhookSecrets: `another-one, ${LEMON_SQUEEZY_WEBHOOK_SECRET}` };
  return new IntakeNode({
    parameters: { provider },
    credentials: [
      storeCredential(database.url()),
      appEventsCredential(),
      { type: new LifecycleLemonSqueezyApi(), data: secrets },
    ],
    url: `https://n8n.example/webhook/${provider}/lifecycle`,
    workflowId: `addresses-${workflow}-${provider}`,
  });
}

function call(body: object) {
  return {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${APP_EVENTS_BEARER}` },
    rawBody: Buffer.from(JSON.stringify(body)),
  };
}

function windmillCall(body: object) {
  const params = { workspace: 'crm', kind: 'f', folder: 'users', name: 'user_registered' };
  return { ...call(body), webhook: 'setup' as const, params };
}

/** What n8n registers for a node with these parameters. */
function methodsAt(address: IWebhookDescription, parameters: INodeParameters): string[] {
  const computed = resolveWebhookDescriptionField({ parameters }, address, 'httpMethod');
  const methods = computed.resolved ? computed.value : address.httpMethod;
  return String(methods)
    .split(',')
    .filter((method) => method !== '')
    .map((method) => `${method} ${address.path}`);
}

/** As n8n's editor evaluates an expression of a description. */
function evaluated(expression: string, parameters: INodeParameters): unknown {
  const type = new LifecycleIntakeTrigger();
  const nodeTypes = { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) };
  const one = new Workflow({
    nodes: [{ id: '1', name: 'Intake', type: 'intake', typeVersion: 2, position: [0, 0], parameters }],
    connections: {},
    active: false,
    nodeTypes: nodeTypes as INodeTypes,
  });
  const node = one.getNode('Intake');
  if (!node) throw new Error('the workflow lost its node');
  return one.expression.getSimpleParameterValue(node, expression, 'internal', {});
}
