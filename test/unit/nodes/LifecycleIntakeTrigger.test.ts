import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleStripeApi } from '../../../credentials/LifecycleStripeApi.credentials';
import { REMOVAL_DELAY_MS } from '../../../nodes/LifecycleIntakeTrigger/registration';
import { LifecycleReconcile } from '../../../nodes/LifecycleReconcile/LifecycleReconcile.node';
import { keepRegistered } from '../../../nodes/shared/provider-webhooks';
import { MAUTIC_PASSWORD, MAUTIC_USERNAME, STRIPE_SECRET_KEY } from '../../../sandbox/identities';
import { MauticDouble } from '../../../sandbox/mautic';
import { StripeDouble } from '../../../sandbox/stripe';
import type { Store } from '../../../store';
import { executeContext, type FilledCredential } from '../../support/execute-node';
import { startHttpServer, type TestServer } from '../../support/http-server';
import { IntakeNode } from '../../support/intake-node';
import { mauticCredential } from '../../support/mautic';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';
import { until } from '../../support/until';
import { eventually } from '../../support/sandbox-under-test';

const database = useStore();
const UPDATED = 'mautic.lead_post_save_update';
const CREATED = 'mautic.lead_post_save_new';
const OWN_NAME = 'Lifecycle Intake (n8n)';

interface Hook {
  id: number;
  name: string;
  webhookUrl: string;
  secret: string;
  triggers: string[];
  isPublished: boolean;
  dateModified: string | null;
}

interface Endpoint {
  id: string;
  url: string;
  secret: string;
  enabled_events: string[];
  status: string;
  api_version: string | null;
  metadata: Record<string, string>;
}

let mautic: TestSandbox;
let stripe: TestSandbox;
/** n8n's own address, at which the node takes in webhooks. */
let n8n: TestServer;
let node: IntakeNode;
let workflow = 0;
/** What the node is about to do since it was unpublished. */
let removal: (() => void) | undefined;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
  stripe = await startTestSandbox('stripe', StripeDouble);
  n8n = await startHttpServer(async ({ headers, text }) => {
    const { status, body } = await node.receive({ headers, rawBody: Buffer.from(text) });
    return { status, body };
  });
});
beforeEach(async () => {
  await Promise.all([mautic.reset(), stripe.reset(), stripe.load({ webhookEndpoints: [] })]);
  workflow += 1;
  holdRemovals();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all([mautic.fail(), stripe.fail()]);
});
afterAll(() => Promise.all([mautic.close(), stripe.close(), n8n.close()]));

describe('publishing, with Mautic', () => {
  it('makes a webhook whose events come in, and keeps what it needs for that', async () => {
    const store = await withMautic();
    await node.publish();
    expect(await hooks()).toEqual([
      expect.objectContaining({
        name: OWN_NAME,
        webhookUrl: url(),
        isPublished: true,
        triggers: expect.arrayContaining([CREATED, UPDATED]),
        // Mautic would otherwise unpublish it at its first failure.
        dateModified: expect.any(String),
      }),
    ]);
    expect(await store.webhooks.bySource('mautic')).toEqual([
      expect.objectContaining({ url: url(), madeByUs: true, wanted: true, secret: (await hook()).secret }),
    ]);

    await mautic.act('saveContact', { email: 'ada@example.com' });
    expect(await store.events.newest([`mautic:${CREATED}`])).toMatchObject({ type: CREATED });
    expect(n8n.requests.at(-1)?.headers['webhook-signature']).toBeDefined();
  });

  it("gives it the credential's first secret", async () => {
    await withMautic({ webhookSecrets: 'newer, older' });
    await node.publish();
    expect(await hook()).toMatchObject({ secret: 'newer' });
  });

  it('asks for what comes often only when a workflow wants it', async () => {
    const store = await withMautic();
    await node.publish();
    expect((await hook()).triggers).not.toContain('mautic.email_on_send');

    const eventTypes = ['mautic:mautic.email_on_send'];
    await store.handlers.register({ id: 'w/n', workflowId: 'w', name: 'Test', eventTypes });
    await node.publish('init');
    expect((await hook()).triggers).toContain('mautic.email_on_send');
  });

  it('again changes nothing', async () => {
    await withMautic();
    await node.publish();
    const before = await hooks();
    await mautic.forgetRequests();
    await node.publish('init');
    expect(await hooks()).toEqual(before);
    expect((await mautic.calls()).filter((call) => !call.startsWith('GET'))).toEqual([]);
  });

  it.each([
    ['unpublished', { isPublished: false }, { isPublished: true }],
    ['lacking events', { triggers: [UPDATED] }, { triggers: expect.arrayContaining([CREATED, UPDATED]) }],
    ['with another secret', { secret: 'changed' }, { secret: 'shared' }],
  ])('repairs a webhook that is %s', async (_case, damage, healed) => {
    await withMautic({ webhookSecrets: 'shared' });
    await node.publish();
    const { id } = await hook();
    await damageHook(damage);
    await node.publish();
    expect(await hooks()).toEqual([expect.objectContaining({ ...healed, id })]);
  });

  it('makes a webhook anew when Mautic knows it no more', async () => {
    const store = await withMautic();
    await node.publish();
    const before = await hook();
    await setHooks([]);
    await node.publish();
    const after = await hook();
    expect(after).toMatchObject({ secret: before.secret, isPublished: true });
    expect(await store.webhooks.get('mautic', url())).toMatchObject({ externalId: String(after.id) });
  });

  it('takes over the webhook that an admin made for this address, with its secret', async () => {
    const store = await withMautic();
    await makeHook({ isPublished: false });
    await node.publish();
    expect(await hooks()).toEqual([
      expect.objectContaining({ name: 'By hand', isPublished: true, secret: 'by-hand' }),
    ]);
    await mautic.act('saveContact', { email: 'ada@example.com' });
    expect(await store.events.newest([`mautic:${CREATED}`])).toBeDefined();
  });

  it('leaves alone webhooks that lead elsewhere, whatever their id', async () => {
    const store = await withMautic();
    await makeHook({ webhookUrl: 'https://elsewhere.example/hook', isPublished: false });
    const stranger = await hook();
    await store.webhooks.save({
      source: 'mautic',
      url: url(),
      externalId: String(stranger.id),
      secret: 'mine',
      owner: 'w/n',
      madeByUs: true,
      wanted: true,
    });
    await node.publish();
    expect(await hooks()).toEqual([stranger, expect.objectContaining({ webhookUrl: url() })]);
    await unpublishForGood(async () => (await hooks()).length < 2);
    expect(await hooks()).toEqual([stranger]);
  });

  it('finds the webhook among many', async () => {
    await withMautic();
    await makeHook({ name: 'Page 3' });
    const mine = await hook();
    const others = Array.from({ length: 250 }, (_, number) => ({
      ...mine,
      id: number + 1,
      webhookUrl: `https://elsewhere.example/${number}`,
    }));
    await setHooks([...others, { ...mine, id: 1_000 }]);
    await node.publish();
    expect(await hooks()).toHaveLength(251);
  });

  it.each([
    ['a slash at its end', (address: string) => `${address}/`],
    ['capitals in its host', (address: string) => address.replace('http://', 'HTTP://')],
  ])('knows its own webhook again though Mautic has its address with %s', async (_case, spelt) => {
    const store = await withMautic();
    await node.publish();
    await damageHook({ webhookUrl: spelt(url()) });
    expect(await keep('mautic', store)).toBe('registered');
    expect(await hooks()).toHaveLength(1);
    await node.unpublish();
    await keep('mautic', store);
    expect(await hooks()).toEqual([]);
  });

  it.each([
    ['view', ['webhook:webhooks:view']],
    ['create', ['webhook:webhooks:create']],
  ])('says what to permit when it may not %s webhooks', async (_case, denied) => {
    await withMautic();
    await mautic.act('denyPermissions', { denied });
    await expect(node.publish()).rejects.toThrow(/Mautic could not .* 403.*role of the API user.*webhooks/);
  });

  it('says so when Mautic is down and nothing is registered yet', async () => {
    const store = await withMautic();
    await mautic.fail({ drop: 'before' });
    await expect(node.publish()).rejects.toThrow(/Mautic could not list its webhooks: no answer/);
    expect(await store.webhooks.bySource('mautic')).toEqual([]);
  });

  it('says so when the store is down, but lets n8n start: it may be up before n8n tries again', async () => {
    await withMautic();
    await database.postgres.stop();
    try {
      await expect(node.publish()).rejects.toThrow(/^The lifecycle store is out of reach\. .*PostgreSQL/);
      await node.publish('init');
      expect(node.logged).toEqual([
        expect.stringMatching(/could not be checked\. The lifecycle store is out/),
      ]);
    } finally {
      await database.postgres.start();
    }
  });

  it('goes on with what is registered when Mautic is down', async () => {
    await withMautic();
    await node.publish();
    await mautic.fail({ status: 503 });
    await node.publish('init');
    expect(node.logged).toEqual([expect.stringMatching(/could not be checked\. Mautic could not .* 503/)]);
  });

  it('lets n8n start with what is registered when Mautic refuses, but not an admin publish', async () => {
    await withMautic();
    await node.publish();
    await mautic.act('denyPermissions', { denied: ['webhook:webhooks:view'] });
    await node.publish('init');
    expect(node.logged).toHaveLength(1);
    await expect(node.publish('update')).rejects.toThrow(/403/);
  });

  it('does not take a server error for a webhook that is gone', async () => {
    await withMautic();
    await node.publish();
    await mautic.fail({ method: 'GET', path: '/api/hooks/', status: 500 });
    await node.publish('init');
    await mautic.fail();
    expect(await hooks()).toHaveLength(1);
  });

  it('registers nothing while the editor listens, or when it is switched off', async () => {
    const store = await withMautic();
    await mautic.forgetRequests();
    await node.publish('manual');
    await withMautic({}, { register: false });
    await node.publish();
    await node.unpublish();
    expect(await mautic.calls()).toEqual([]);
    expect(await store.webhooks.bySource('mautic')).toEqual([]);
  });

  it('at another address removes what led to the old one', async () => {
    const store = await withMautic();
    await node.publish();
    const moved = `${n8n.url}/moved`;
    node = mauticNode({}, { register: true }, moved);
    await node.publish();
    expect((await hooks()).map(({ webhookUrl }) => webhookUrl)).toEqual([moved]);
    expect((await store.webhooks.bySource('mautic')).map((each) => each.url)).toEqual([moved]);
  });
});

describe('unpublishing, with Mautic', () => {
  it('removes the webhook, once it is clear that nobody publishes it again', async () => {
    const store = await withMautic();
    await node.publish();
    await unpublishForGood(async () => (await hooks()).length === 0);
    expect(await store.webhooks.bySource('mautic')).toEqual([]);
  });

  it('and publishing again at once, as n8n does for every change, keeps the webhook', async () => {
    const store = await withMautic();
    await node.publish();
    const before = await hooks();
    await mautic.forgetRequests();
    await node.unpublish();
    await node.publish('update');
    expect(await hooks()).toEqual(before);
    expect((await mautic.calls()).filter((call) => !call.startsWith('GET'))).toEqual([]);
    expect(await keep('mautic', store)).toBe('registered');
  });

  it('never removes what an admin made', async () => {
    const store = await withMautic();
    await makeHook();
    await node.publish();
    await unpublishForGood(async () => (await store.webhooks.bySource('mautic')).length === 0);
    expect(await hooks()).toHaveLength(1);
  });

  it('succeeds when Mautic is down, and the webhook is removed later', async () => {
    const store = await withMautic();
    await node.publish();
    await mautic.fail({ status: 503 });
    await unpublishForGood(() => node.logged.length > 0);
    expect(node.logged).toEqual([expect.stringMatching(/could not be removed.*by hand/)]);
    await mautic.fail();
    expect(await hooks()).toHaveLength(1);
    await keep('mautic', store);
    expect(await hooks()).toEqual([]);
  });

  it('and publishing again, all while Mautic is down, keeps the webhook', async () => {
    const store = await withMautic();
    await node.publish();
    await mautic.fail({ status: 503 });
    await node.unpublish();
    await node.publish('update');
    await mautic.fail();
    expect(await keep('mautic', store)).toBe('registered');
    expect(await hooks()).toHaveLength(1);
  });
});

describe('publishing, with Stripe', () => {
  it('makes an endpoint whose events come in, in the version we read', async () => {
    const store = await withStripe();
    await node.publish();
    expect(await endpoints()).toEqual([
      expect.objectContaining({
        url: url(),
        status: 'enabled',
        api_version: '2026-07-29.dahlia',
        enabled_events: expect.arrayContaining(['checkout.session.completed', 'invoice.paid']),
      }),
    ]);
    await expectCheckoutToArrive();
    expect(await store.webhooks.get('stripe', url())).toMatchObject({ madeByUs: true });
  });

  it('sends a key with the creation that is another one each time', async () => {
    await withStripe();
    await node.publish();
    await unpublishForGood(async () => (await endpoints()).length === 0);
    await node.publish();
    expect(await endpoints()).toHaveLength(1);
    await expectCheckoutToArrive();
  });

  it.each([
    ['disabled', { status: 'disabled' }, { status: 'enabled' }],
    [
      'lacking events',
      { enabled_events: ['invoice.paid', 'payout.paid'] },
      { enabled_events: expect.arrayContaining(['invoice.paid', 'payout.paid', 'customer.created']) },
    ],
  ])('repairs an endpoint that is %s', async (_case, damage, healed) => {
    const store = await withStripe();
    await node.publish();
    const [made] = await endpoints();
    await stripe.load({ webhookEndpoints: [{ ...made, ...damage }] });
    expect(await keep('stripe', store)).toBe('repaired');
    expect(await endpoints()).toEqual([expect.objectContaining({ ...healed, id: made?.id, url: url() })]);
    expect(await keep('stripe', store)).toBe('registered');
  });

  it('makes an endpoint anew when Stripe knows it no more, and takes its new secret', async () => {
    const store = await withStripe();
    await node.publish();
    // Now the node has read the old secret.
    await expectCheckoutToArrive();
    await stripe.load({ webhookEndpoints: [] });
    expect(await keep('stripe', store)).toBe('repaired');
    expect(await endpoints()).toHaveLength(1);
    await expectCheckoutToArrive();
  });

  it('replaces one of its own whose secret got lost', async () => {
    await withStripe();
    await node.publish();
    const [lost] = await endpoints();
    await database.sql('delete from lifecycle.webhook');
    await node.publish();
    const [made, ...more] = await endpoints();
    expect(more).toEqual([]);
    expect(made?.id).not.toBe(lost?.id);
    await expectCheckoutToArrive();
  });

  it('keeps the endpoint that an admin made, when its secret is in the credential', async () => {
    const store = await withStripe({ webhookSecrets: 'whsec_by_hand' });
    await stripe.load({ webhookEndpoints: [byHand({ status: 'disabled' })] });
    await node.publish();
    expect(await endpoints()).toEqual([
      expect.objectContaining({ id: 'we_byhand', status: 'enabled', secret: 'whsec_by_hand' }),
    ]);
    await expectCheckoutToArrive();
    expect(await keep('stripe', store, { webhookSecrets: 'whsec_by_hand' })).toBe('registered');
    await unpublishForGood(async () => (await store.webhooks.bySource('stripe')).length === 0);
    expect(await endpoints()).toHaveLength(1);
  });

  it('makes one of its own beside that of an admin when nobody told its secret', async () => {
    await withStripe();
    await stripe.load({ webhookEndpoints: [byHand()] });
    await node.publish();
    expect(await endpoints()).toHaveLength(2);
    await expectCheckoutToArrive();
    await unpublishForGood(async () => (await endpoints()).length < 2);
    expect(await endpoints()).toEqual([expect.objectContaining({ id: 'we_byhand' })]);
  });

  it('knows an endpoint again whose address has a slash at its end', async () => {
    await withStripe({ webhookSecrets: 'whsec_by_hand' });
    await stripe.load({ webhookEndpoints: [byHand({ url: `${url()}/` })] });
    await node.publish();
    expect(await endpoints()).toEqual([expect.objectContaining({ id: 'we_byhand' })]);
  });

  it('leaves an endpoint that sends everything as it is', async () => {
    await withStripe({ webhookSecrets: 'whsec_by_hand' });
    await stripe.load({ webhookEndpoints: [byHand({ enabled_events: ['*'] })] });
    await node.publish();
    expect(await endpoints()).toEqual([expect.objectContaining({ enabled_events: ['*'] })]);
  });

  it('says what to permit when the key may not write webhook endpoints', async () => {
    await withStripe();
    const body = { error: { message: 'The provided key does not have the required permissions.' } };
    await stripe.fail({ path: '/v1/webhook_endpoints', status: 403, body });
    await expect(node.publish()).rejects.toThrow(/403.*write access to Webhook Endpoints/);
  });

  it('removes the endpoint when unpublished', async () => {
    const store = await withStripe();
    await node.publish();
    await unpublishForGood(async () => (await endpoints()).length === 0);
    expect(await store.webhooks.bySource('stripe')).toEqual([]);
  });
});

describe('keeping what is registered', () => {
  it('has nothing to do where an admin entered the address', async () => {
    const store = await withMautic();
    await makeHook({ isPublished: false });
    expect(await keep('mautic', store)).toBe('not ours');
    expect(await hook()).toMatchObject({ isPublished: false });
  });

  it('publishes what Mautic has unpublished', async () => {
    const store = await withMautic();
    await node.publish();
    await damageHook({ isPublished: false });
    expect(await keep('mautic', store)).toBe('repaired');
    expect(await hook()).toMatchObject({ isPublished: true });
    expect(await keep('mautic', store)).toBe('registered');
  });

  it('looks after the others as well when one cannot be removed', async () => {
    const store = await withMautic();
    await node.publish();
    const { id } = await hook();
    // Its address comes first.
    const gone = `${n8n.url}/a`;
    const old = { source: 'mautic', url: gone, externalId: '77', secret: null, owner: 'w/old' } as const;
    await store.webhooks.save({ ...old, madeByUs: true, wanted: false });
    await damageHook({ isPublished: false });
    await mautic.fail({ path: '/api/hooks/77', status: 403 });
    await expect(keep('mautic', store)).rejects.toThrow(/webhook 77.*403/);
    await mautic.fail();
    expect(await hooks()).toEqual([expect.objectContaining({ id, isPublished: true })]);
  });

  it.each([
    ['does not take up again what is unpublished meanwhile', () => node.unpublish(), []],
    [
      'removes what is unpublished and forgotten meanwhile',
      () => database.sql('delete from lifecycle.webhook'),
      ['DELETE'],
    ],
  ])('%s', async (_case, meanwhile, written) => {
    const store = await withMautic();
    await node.publish();
    const made = await hook();
    const slow = await startHttpServer(async ({ path }) => {
      if (path.endsWith('/triggers')) return { body: { triggers: {} } };
      await meanwhile();
      return { body: { hook: made } };
    });
    await keep('mautic', store, { url: slow.url });
    await slow.close();
    expect((await store.webhooks.bySource('mautic')).filter(({ wanted }) => wanted)).toEqual([]);
    expect(slow.requests.map(({ method }) => method).filter((method) => method !== 'GET')).toEqual(written);
  });

  it('says so when the provider is down', async () => {
    const store = await withMautic();
    await node.publish();
    await mautic.fail({ status: 503 });
    await expect(keep('mautic', store)).rejects.toThrow(/Mautic could not read the webhook \d+: .*503/);
  });
});

describe('taking in a webhook', () => {
  it('stores all events of a delivery once', async () => {
    const store = await withMautic({ webhookSecrets: 'shared' });
    const sent = delivery([1, 2, 1]);
    expect(await node.receive(sent)).toMatchObject({ status: 200, body: { received: true } });
    expect(await node.receive(sent)).toMatchObject({ status: 200, body: { duplicate: true } });
    expect(await database.sql('select from lifecycle.event')).toHaveLength(3);
    expect(await store.events.newest([`mautic:${UPDATED}`])).toMatchObject({ source: 'mautic' });
  });

  it('shows the events in the editor instead of storing them', async () => {
    await withMautic({ webhookSecrets: 'shared' });
    const { status, items } = await node.receive(delivery([1, 2]), 'manual');
    expect(status).toBe(200);
    expect(items?.map(({ json }) => json.event as IDataObject)).toEqual([
      expect.objectContaining({ source: 'mautic', type: UPDATED }),
      expect.objectContaining({ source: 'mautic', type: UPDATED }),
    ]);
    expect(await database.sql('select from lifecycle.event')).toEqual([]);
  });

  it('refuses a wrong signature and starts no execution', async () => {
    await withMautic({ webhookSecrets: 'shared' });
    const { status, items } = await node.receive(delivery([1], 'forged'));
    expect(status).toBe(401);
    expect(items).toBeUndefined();
    expect(await database.sql('select from lifecycle.event')).toEqual([]);
  });

  it('asks the sender to come again while no secret is known', async () => {
    await withMautic();
    expect(await node.receive(delivery([1]))).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.any(String) },
      body: { reason: expect.stringMatching(/no secret/) },
    });
  });

  it('asks the sender to come again while the store is down', async () => {
    await withMautic({ webhookSecrets: 'shared' });
    await database.postgres.stop();
    try {
      expect(await node.receive(delivery([1]))).toMatchObject({ status: 503 });
      expect(node.logged).toEqual([expect.stringMatching(/store is out of reach/)]);
    } finally {
      await database.postgres.start();
    }
  });
});

/** Holds back what the node does some time after it was unpublished, for {@link unpublishForGood}. */
function holdRemovals(): void {
  const start = globalThis.setTimeout;
  removal = undefined;
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((
    run: () => void,
    milliseconds?: number,
  ): NodeJS.Timeout => {
    if (milliseconds !== REMOVAL_DELAY_MS) return start(run, milliseconds);
    removal = run;
    return start(() => undefined, 0);
  }) as typeof setTimeout);
}

/** Unpublishes, lets the time pass in which it might be published again, and waits for what follows. */
async function unpublishForGood(isOver: () => boolean | Promise<boolean>): Promise<void> {
  await node.unpublish();
  if (!removal) throw new Error('Nothing is to be removed.');
  removal();
  await until(isOver);
}

function url(): string {
  return `${n8n.url}/webhook/lifecycle`;
}

function intakeNode(credential: FilledCredential, parameters: INodeParameters, address: string): IntakeNode {
  return new IntakeNode({
    parameters,
    credentials: [storeCredential(database.url()), credential],
    url: address,
    workflowId: `intake-${workflow}`,
  });
}

function mauticNode(
  over: Record<string, string> = {},
  parameters: INodeParameters = { register: true },
  address = url(),
): IntakeNode {
  return intakeNode(mauticCredential(mautic.url, over), { provider: 'mautic', ...parameters }, address);
}

async function withMautic(
  over: Record<string, string> = {},
  parameters: INodeParameters = { register: true },
) {
  const store = await database.empty();
  node = mauticNode(over, parameters);
  return store;
}

async function withStripe(over: Record<string, string> = {}) {
  const store = await database.empty();
  node = intakeNode(stripeCredential(over), { provider: 'stripe', register: true }, url());
  return store;
}

function stripeCredential(over: Record<string, string> = {}): FilledCredential {
  return {
    type: new LifecycleStripeApi(),
    data: { url: stripe.url, secretKey: STRIPE_SECRET_KEY, ...over },
  };
}

async function keep(source: 'mautic' | 'stripe', store: Store, over: Record<string, string> = {}) {
  const credentials = [
    storeCredential(database.url()),
    source === 'mautic' ? mauticCredential(mautic.url, over) : stripeCredential(over),
  ];
  return await keepRegistered(
    executeContext({ node: new LifecycleReconcile(), credentials }, [{}]),
    source,
    store,
  );
}

async function hooks(): Promise<Hook[]> {
  return (await mautic.state<{ webhooks: Hook[] }>()).webhooks;
}

async function hook(): Promise<Hook> {
  const [only, ...more] = await hooks();
  if (!only || more.length > 0) throw new Error(`Expected one webhook, not ${more.length + (only ? 1 : 0)}.`);
  return only;
}

async function setHooks(webhooks: object[]): Promise<void> {
  await mautic.load({ ...(await mautic.state<object>()), webhooks });
}

async function damageHook(damage: object): Promise<void> {
  await setHooks([{ ...(await hook()), ...damage }]);
}

/** What an admin does in Mautic. */
async function makeHook(over: object = {}): Promise<void> {
  const login = Buffer.from(`${MAUTIC_USERNAME}:${MAUTIC_PASSWORD}`).toString('base64');
  const answer = await fetch(`${mautic.url}/api/hooks/new`, {
    method: 'POST',
    headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'By hand',
      webhookUrl: url(),
      secret: 'by-hand',
      triggers: [CREATED, UPDATED],
      ...over,
    }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
}

async function endpoints(): Promise<Endpoint[]> {
  return (await stripe.state<{ webhookEndpoints: Endpoint[] }>()).webhookEndpoints;
}

function byHand(over: object = {}): object {
  return { id: 'we_byhand', url: url(), secret: 'whsec_by_hand', ...over };
}

async function expectCheckoutToArrive(): Promise<void> {
  const { eventId } = await stripe.act<{ eventId: string }>('completeCheckout');
  await eventually(async () => {
    const [row] = await database.sql('select from lifecycle.event where external_id = $1', [eventId]);
    return row;
  });
}

/** A delivery of Mautic about these contacts. */
function delivery(contacts: number[], secret = 'shared') {
  const items = contacts.map((id, points) => ({
    contact: { id, points },
    timestamp: '2026-03-01T12:00:00+00:00',
  }));
  const rawBody = Buffer.from(JSON.stringify({ [UPDATED]: items }));
  const signature = createHmac('sha256', secret).update(rawBody).digest('base64');
  return { headers: { 'content-type': 'application/json', 'webhook-signature': signature }, rawBody };
}
