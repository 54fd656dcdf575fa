import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  MAUTIC_WEBHOOK_PATH,
  MAUTIC_WEBHOOK_SECRET,
  STRIPE_WEBHOOK_PATH,
  STRIPE_WEBHOOK_SECRET,
} from '../../sandbox/identities';
import { validateLog } from '../contract/contract';
import { expectOneCoupon, useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { expectInvariants, WITHOUT_WAITS } from '../support/invites';
import { reconcile, RECONCILE_SOON } from '../support/reconcile';
import { until } from '../support/until';

const INTAKE = 'intake';

interface MauticWebhook {
  id: number;
  webhookUrl: string;
  secret: string;
  triggers: string[];
  isPublished: boolean;
}

interface StripeEndpoint {
  id: string;
  url: string;
  secret: string;
  enabled_events: string[];
  status: string;
}

const campaign = useCampaign({
  withoutWebhooks: true,
  // n8n would call itself localhost.
  n8nEnvironment: { N8N_HOST: '127.0.0.1' },
  parameters: {
    ...WITHOUT_WAITS,
    ...RECONCILE_SOON,
    'intake-stripe': { register: true },
    'intake-mautic': { register: true },
  },
});
const editor = useEditorApi(campaign);

beforeEach(async () => {
  // What it registered before was forgotten with everything else.
  await editor.unpublish(INTAKE);
  await editor.publish(INTAKE);
});

afterEach(async () => {
  expect(validateLog(await campaign.requests())).toEqual([]);
});

const atMautic = async () => (await campaign.stateOf<{ webhooks: MauticWebhook[] }>('mautic')).webhooks;

const atStripe = async () =>
  (await campaign.stateOf<{ webhookEndpoints: StripeEndpoint[] }>('stripe')).webhookEndpoints;

async function expectRegistered(): Promise<{ webhook: MauticWebhook; endpoint: StripeEndpoint }> {
  const [[webhook, ...webhooks], [endpoint, ...endpoints]] = await Promise.all([atMautic(), atStripe()]);
  expect(webhook).toMatchObject({
    webhookUrl: campaign.stack.n8nUrl + MAUTIC_WEBHOOK_PATH,
    isPublished: true,
    triggers: expect.arrayContaining(['mautic.lead_post_save_new', 'mautic.lead_post_save_update']),
  });
  expect(endpoint).toMatchObject({
    url: campaign.stack.n8nUrl + STRIPE_WEBHOOK_PATH,
    status: 'enabled',
    enabled_events: expect.arrayContaining([
      'checkout.session.completed',
      'checkout.session.async_payment_succeeded',
      'checkout.session.async_payment_failed',
    ]),
  });
  expect([...webhooks, ...endpoints]).toEqual([]);
  if (!webhook || !endpoint) throw new Error('unreachable');
  return { webhook, endpoint };
}

/** A purchase and an opt-in of somebody else come in, and are worked on. */
async function expectWorking(): Promise<void> {
  const [buyer, reader] = ['buyer', 'reader'].map((name) => `${name}.${randomUUID()}@example.com`);
  const { eventId } = await campaign.buy({ email: buyer });
  await campaign.optIn(reader ?? '');
  await campaign.settled([eventId], 'done');
  expect((await expectInvariants(campaign, reader ?? '')).tier).toBe('basic');
  const mailed = (await campaign.emails()).map(({ emailAddress }) => emailAddress);
  expect(mailed.filter((address) => address === buyer || address === reader).sort()).toEqual([buyer, reader]);
}

describe('the intake that registers itself', () => {
  it('has a webhook at Mautic and at Stripe, and what they send is worked on', async () => {
    const { webhook, endpoint } = await expectRegistered();
    expect(webhook.secret).toBe(MAUTIC_WEBHOOK_SECRET);
    // What only comes in masses is left out as long as no workflow asks for it.
    expect(webhook.triggers).not.toEqual(expect.arrayContaining(['mautic.email_on_send']));
    expect(endpoint.enabled_events).not.toContain('*');
    expect(endpoint.secret).not.toBe(STRIPE_WEBHOOK_SECRET);
    const { eventId } = await campaign.buy({ email: 'buyer@example.com' });
    await campaign.settled([eventId], 'done');
    await expectOneCoupon(campaign, 'buyer@example.com');
    await expectWorking();
  });

  it('has no webhook any more when it is unpublished, and a new one when it is published again', async () => {
    const before = await expectRegistered();
    await editor.unpublish(INTAKE);
    await until(
      async () => (await atMautic()).length + (await atStripe()).length === 0,
      'both webhooks to be removed',
    );
    await editor.publish(INTAKE);
    expect((await expectRegistered()).endpoint.secret).not.toBe(before.endpoint.secret);
    await expectWorking();
  });

  it('keeps its webhooks over a restart of n8n', async () => {
    const before = await expectRegistered();
    await campaign.stack.n8n.stop();
    expect(await expectRegistered()).toEqual(before);
    await campaign.stack.n8n.start();
    expect(await expectRegistered()).toEqual(before);
    await expectWorking();
  });
});

describe('while Mautic is down', () => {
  it('n8n starts again, what Stripe sends is taken, and later what Mautic sends', async () => {
    await campaign.stack.n8n.stop();
    await campaign.fail('mautic', { status: 503 });
    await campaign.stack.n8n.start();
    await expectStripeWorks();
    await expectRegistered();
    await expectWorking();
  });

  it('publishing says so, and takes what Stripe sends; publishing again later registers the rest', async () => {
    await editor.unpublish(INTAKE);
    await until(
      async () => (await atMautic()).length + (await atStripe()).length === 0,
      'both webhooks to be removed',
    );
    await campaign.fail('mautic', { status: 503 });
    await expect(editor.publish(INTAKE)).rejects.toThrow(/Mautic.*503/);
    expect(await atMautic()).toEqual([]);
    await expectStripeWorks();
    await editor.unpublish(INTAKE);
    await editor.publish(INTAKE);
    await expectRegistered();
    await expectWorking();
  });
});

describe('the reconciling run', () => {
  it('publishes a webhook again that Mautic has unpublished, and finds what was lost meanwhile', async () => {
    const { webhook } = await expectRegistered();
    await campaign.setState('mautic', { webhooks: [{ ...webhook, isPublished: false }] });
    await campaign.optIn('meanwhile@example.com');
    expect(await campaign.mauticDeliveries('Discord invite')).toEqual([]);
    await expectGood();
    expect((await expectRegistered()).webhook).toMatchObject({ id: webhook.id, secret: webhook.secret });
    await expectInvariants(campaign, 'meanwhile@example.com');
    expect(await campaign.emails()).toHaveLength(1);
    await expectWorking();
  });

  it('enables a webhook again that was disabled at Stripe, and finds what was lost meanwhile', async () => {
    const { endpoint } = await expectRegistered();
    await campaign.setState('stripe', { webhookEndpoints: [{ ...endpoint, status: 'disabled' }] });
    const { eventId } = await campaign.buy({ email: 'meanwhile@example.com' });
    expect(await campaign.deliveriesOf([eventId])).toEqual([]);
    await expectGood();
    expect((await expectRegistered()).endpoint).toMatchObject({ id: endpoint.id, secret: endpoint.secret });
    await campaign.settled([eventId], 'done');
    await expectOneCoupon(campaign, 'meanwhile@example.com');
    await expectWorking();
  });

  it('makes webhooks anew that were deleted, and what is signed with the new secret is taken', async () => {
    const before = await expectRegistered();
    await campaign.setState('mautic', { webhooks: [] });
    await campaign.setState('stripe', { webhookEndpoints: [] });
    await expectGood();
    expect((await expectRegistered()).endpoint.secret).not.toBe(before.endpoint.secret);
    await expectWorking();
  });
});

async function expectGood(): Promise<void> {
  const { stripe, mautic } = await reconcile(campaign, editor);
  expect([...stripe, ...mautic].filter((status) => status !== 'success')).toEqual([]);
}

/** A purchase is taken in while Mautic is down, and completes once it is back. */
async function expectStripeWorks(): Promise<void> {
  const { eventId } = await campaign.buy({ email: 'outage@example.com' });
  await campaign.settled([eventId], 'failed');
  expect(await campaign.codes()).toHaveLength(1);
  await campaign.fail('mautic');
  await campaign.passTime();
  await campaign.settled([eventId], 'done');
  await expectOneCoupon(campaign, 'outage@example.com');
}
