import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createResend, keepWebhook, removeWebhook, type WantedWebhook } from '../../../services/resend';
import { axiosRequest } from '../../../stack/axios-request';
import { ResendWebhooks } from '../../support/resend-webhooks';

const URL = 'https://n8n.example/webhook/resend/lifecycle';
const TYPES = ['email.sent', 'email.bounced'];

let resend: ResendWebhooks;

beforeAll(async () => {
  resend = await new ResendWebhooks().start();
});
beforeEach(() => resend.reset());
afterAll(() => resend.close());

function api() {
  const clock = { now: Date.now, sleep: () => Promise.resolve() };
  return createResend({ url: resend.url, request: axiosRequest({ Authorization: 'Bearer re_1' }), clock });
}

function keep(over: Partial<WantedWebhook> = {}) {
  return keepWebhook(api(), { url: URL, eventTypes: TYPES, knowsSecret: false, ...over });
}

describe('keeping the webhook at Resend', () => {
  it('makes one, and gives its secret', async () => {
    const kept = await keep();
    const [made] = resend.webhooks;
    expect(resend.webhooks).toEqual([expect.objectContaining({ endpoint: URL, events: TYPES })]);
    expect(kept).toEqual({ id: made?.id, secret: made?.signing_secret, madeByUs: true, changed: true });
  });

  it.each([true, false])('changes nothing the second time (secrets are told again: %s)', async (tells) => {
    const { id } = await keep();
    resend.tellsSecrets = tells;
    resend.received.length = 0;
    const again = await keep({ known: { id, hasSecret: true } });
    expect(again).toMatchObject({ id, changed: false });
    expect(resend.writes).toEqual([]);
  });

  it.each([
    ['disabled', { status: 'disabled' as const }, { status: 'enabled' }],
    [
      'lacking events',
      { events: ['email.sent', 'domain.created'] },
      { events: ['email.sent', 'domain.created', 'email.bounced'] },
    ],
    ['both', { status: 'disabled' as const, events: [] }, { status: 'enabled', events: TYPES }],
  ])('repairs one that is %s', async (_case, damage, healed) => {
    const { id } = await keep();
    Object.assign(resend.webhooks[0] ?? {}, damage);
    expect(await keep({ known: { id, hasSecret: true } })).toMatchObject({ id, changed: true });
    expect(resend.webhooks).toEqual([expect.objectContaining({ id, ...healed })]);
  });

  it('leaves one that sends everything as it is', async () => {
    resend.add({ endpoint: URL, events: null });
    expect(await keep()).toMatchObject({ changed: false });
    expect(resend.writes).toEqual([]);
  });

  it('takes over a secret that was rotated', async () => {
    const { id } = await keep();
    Object.assign(resend.webhooks[0] ?? {}, { signing_secret: 'whsec_bmV3' });
    expect(await keep({ known: { id, hasSecret: true } })).toMatchObject({ id, secret: 'whsec_bmV3' });
  });

  it('makes it anew when Resend knows it no more', async () => {
    const { id } = await keep();
    resend.webhooks = [];
    expect(await keep({ known: { id, hasSecret: true } })).toMatchObject({ madeByUs: true, changed: true });
    expect(resend.webhooks).toHaveLength(1);
  });

  it('takes over the one that an admin made, with the secret that Resend tells', async () => {
    const byHand = resend.add({ endpoint: `${URL}/`, events: TYPES });
    expect(await keep()).toEqual({
      id: byHand.id,
      secret: byHand.signing_secret,
      madeByUs: false,
      changed: false,
    });
  });

  it.each([
    ['keeps it when the credential has it', true, 1],
    ['makes another one beside it when nobody knows it', false, 2],
  ])('when Resend does not tell the secret of an admin: %s', async (_case, knowsSecret, count) => {
    const byHand = resend.add({ endpoint: URL, events: TYPES });
    resend.tellsSecrets = false;
    const kept = await keep({ knowsSecret });
    expect(resend.webhooks).toHaveLength(count);
    expect(kept.id === byHand.id).toBe(knowsSecret);
    expect(kept.secret).toEqual(knowsSecret ? undefined : expect.stringMatching(/^whsec_/));
  });

  it('leaves alone one that was turned to another use', async () => {
    const { id } = await keep();
    Object.assign(resend.webhooks[0] ?? {}, {
      endpoint: 'https://elsewhere.example/hook',
      status: 'disabled',
    });
    const kept = await keep({ known: { id, hasSecret: true } });
    expect(kept.id).not.toBe(id);
    expect(resend.webhooks).toContainEqual(expect.objectContaining({ id, status: 'disabled' }));
  });

  it('finds it among many', async () => {
    const mine = resend.add({ endpoint: URL, events: TYPES });
    for (let count = 0; count < 150; count += 1) resend.add();
    expect(await keep()).toMatchObject({ id: mine.id, changed: false });
  });

  it('says what to do when the key may only send', async () => {
    const message = 'This API key is restricted to only send emails';
    const body = { statusCode: 401, name: 'restricted_api_key', message };
    resend.failure = { of: /webhooks/, answer: { status: 401, body } };
    await expect(keep()).rejects.toThrow(
      /^Resend could not list its webhooks.*401.*restricted_api_key.*full access.*Or switch "Register at the Provider" off/,
    );
  });

  it('does not take a server error for a webhook that is gone', async () => {
    const { id } = await keep();
    resend.failure = { of: /^GET \/webhooks\/./, answer: { status: 500, body: {} } };
    await expect(keep({ known: { id, hasSecret: true } })).rejects.toThrow(/could not read the webhook.*500/);
    expect(resend.webhooks).toHaveLength(1);
  });

  it('finds the one it made although the answer got lost', async () => {
    const lost = resend.add({ endpoint: URL, events: TYPES });
    expect(await keep()).toMatchObject({ id: lost.id, secret: lost.signing_secret });
  });
});

describe('removing the webhook at Resend', () => {
  it('removes it and no other', async () => {
    const other = resend.add();
    const { id } = await keep();
    await removeWebhook(api(), id);
    expect(resend.webhooks).toEqual([other]);
  });

  it('is content when it is gone already', async () => {
    await expect(removeWebhook(api(), '0b5f3a0e-0000-4000-8000-000000000000')).resolves.toBeUndefined();
  });

  it('says so when Resend is down', async () => {
    const { id } = await keep();
    resend.failure = { of: /DELETE/, answer: 'drop' };
    await expect(removeWebhook(api(), id)).rejects.toThrow(/could not delete the webhook .*no answer/);
  });
});
