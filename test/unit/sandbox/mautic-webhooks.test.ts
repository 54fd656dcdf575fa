import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { MAUTIC_PASSWORD, MAUTIC_USERNAME } from '../../../sandbox/identities';
import { MauticDouble } from '../../../sandbox/mautic';
import { callDouble, doubleContext, type Answer } from '../../support/double-client';

const AUTHORIZATION = `Basic ${Buffer.from(`${MAUTIC_USERNAME}:${MAUTIC_PASSWORD}`).toString('base64')}`;
const UPDATE = 'mautic.lead_post_save_update';
const NEW = 'mautic.lead_post_save_new';

type Item = { timestamp: string; contact: { id: number; fields: Record<string, never> } };
type Payload = Record<string, Item[]>;

let context: ReturnType<typeof doubleContext>;
let mautic: MauticDouble;

beforeEach(() => {
  context = doubleContext('http://127.0.0.1:5690/mautic');
  mautic = new MauticDouble(context);
});

function call(method: string, target: string, body?: unknown): Promise<Answer> {
  return callDouble(mautic, method, target, { body, headers: { authorization: AUTHORIZATION } });
}

async function act(action: string, input: object = {}): Promise<unknown> {
  const doIt = mautic.actions[action];
  if (!doIt) throw new Error(`Mautic has no action ${action}`);
  return await doIt(JSON.parse(JSON.stringify(input)));
}

async function subscribe(over: object = {}): Promise<number> {
  const hook = {
    name: 'n8n',
    webhookUrl: 'http://127.0.0.1:5678/webhook/mautic',
    triggers: [NEW, UPDATE],
    secret: 'hook-secret',
    ...over,
  };
  return Object((await call('POST', '/api/hooks/new', hook)).body).hook.id;
}

const create = (count: number, from = 0) =>
  call(
    'POST',
    '/api/contacts/batch/new',
    Array.from({ length: count }, (_, index) => ({ email: `fan.${from + index}@example.com` })),
  );

const posted = (): Payload[] => context.posted.map(({ body }) => JSON.parse(body));
const ids = (items: Item[] | undefined) => items?.map(({ contact }) => contact.id);

describe('webhooks in batches', () => {
  beforeEach(async () => {
    await act('setQueueMode', { queueMode: 'command' });
  });

  it('wait for the cron job, with the contact as it was', async () => {
    await subscribe();
    await call('PATCH', '/api/contacts/1/edit', { city: 'Lund' });
    await call('PATCH', '/api/contacts/1/edit', { city: 'Kiruna' });
    expect(context.posted).toEqual([]);
    expect(mautic.render()).toContain('<td>2</td>');

    expect(await act('processWebhooks')).toEqual({ posts: 1, waiting: 0 });
    const [payload] = posted();
    expect(Object.keys(payload ?? {})).toEqual([UPDATE]);
    expect(payload?.[UPDATE]).toMatchObject([
      { contact: { id: 1, fields: { core: { city: { value: 'Lund' } } } } },
      { contact: { id: 1, fields: { core: { city: { value: 'Kiruna' } } } } },
    ]);
    expect(payload?.[UPDATE]?.[0]?.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
  });

  it('are grouped by kind and signed as a whole', async () => {
    await subscribe();
    await create(1);
    await call('PATCH', '/api/contacts/1/edit', { city: 'Lund' });
    await create(1, 1);
    await act('processWebhooks');
    const [payload] = posted();
    expect([ids(payload?.[NEW]), ids(payload?.[UPDATE])]).toEqual([[4, 5], [1]]);
    const [post] = context.posted;
    const signature = createHmac('sha256', 'hook-secret').update(String(post?.body)).digest('base64');
    expect(post?.headers['Webhook-Signature']).toBe(signature);
  });

  it.each([
    ['ASC', [4, 5, 6, 7, 8, 9, 10, 11, 12, 13], [14, 15]],
    ['DESC', [15, 14, 13, 12, 11, 10, 9, 8, 7, 6], [5, 4]],
  ])('go out by ten until none is left, ordered %s', async (eventsOrderbyDir, first, second) => {
    await subscribe({ eventsOrderbyDir });
    await create(12);
    expect(await act('processWebhooks')).toEqual({ posts: 2, waiting: 0 });
    expect(posted().map((payload) => ids(payload[NEW]))).toEqual([first, second]);
    expect(await act('processWebhooks')).toEqual({ posts: 0, waiting: 0 });
  });

  it('are queued for each webhook that asks for them', async () => {
    await subscribe();
    await subscribe({ name: 'Other', triggers: [UPDATE] });
    await create(1);
    await call('PATCH', '/api/contacts/1/edit', { city: 'Lund' });
    await act('processWebhooks');
    expect(posted().map((payload) => Object.keys(payload))).toEqual([[NEW, UPDATE], [UPDATE]]);
  });

  it('stay when nothing answers, and are lost by an answer that is no 2xx', async () => {
    const id = await subscribe();
    // Edited just now, so that the failures do not switch it off.
    await call('PATCH', `/api/hooks/${id}/edit`, { description: 'Edited' });
    await create(12);
    context.status = 0;
    expect(await act('processWebhooks')).toEqual({ posts: 1, waiting: 12 });
    context.status = 500;
    expect(await act('processWebhooks')).toEqual({ posts: 1, waiting: 2 });
    context.status = 200;
    context.posted.length = 0;
    expect(await act('processWebhooks')).toEqual({ posts: 1, waiting: 0 });
    expect(posted().map((payload) => ids(payload[NEW]))).toEqual([[14, 15]]);
  });

  it('are not sent for a webhook that was switched off, nor kept for one that was deleted', async () => {
    const id = await subscribe();
    await create(2);
    await call('PATCH', `/api/hooks/${id}/edit`, { isPublished: false });
    expect(await act('processWebhooks')).toEqual({ posts: 0, waiting: 2 });
    await call('DELETE', `/api/hooks/${id}/delete`);
    expect(await act('processWebhooks')).toEqual({ posts: 0, waiting: 0 });
  });

  it('are part of the state', async () => {
    await subscribe();
    await create(2);
    const state = mautic.state();
    mautic.reset();
    mautic.load(state);
    expect(mautic.state()).toEqual(state);
    expect(await act('processWebhooks')).toEqual({ posts: 1, waiting: 0 });
  });
});

describe('webhooks at once', () => {
  it('have no cron job', async () => {
    await expect(act('processWebhooks')).rejects.toThrow('sent immediately');
  });
});

describe('the test payload', () => {
  it('is samples of what the webhook asks for, and a text beside them', async () => {
    const id = await subscribe({ triggers: [UPDATE, 'mautic.email_on_send'] });
    expect(await act('sendTestPayload', { hookId: id })).toEqual({ sent: [{ hookId: id, status: 200 }] });
    const [payload] = posted();
    expect(payload).toEqual({
      [UPDATE]: [expect.objectContaining({ timestamp: expect.any(String), contact: expect.any(Object) })],
      timestamp: expect.any(String),
    });
    const signature = createHmac('sha256', 'hook-secret')
      .update(String(context.posted[0]?.body))
      .digest('base64');
    expect(context.posted[0]?.headers['Webhook-Signature']).toBe(signature);
  });

  it('goes to all webhooks when none is named, and never switches one off', async () => {
    const hooks = [await subscribe(), await subscribe({ name: 'Other' })];
    context.status = 404;
    expect(await act('sendTestPayload')).toEqual({ sent: hooks.map((hookId) => ({ hookId, status: 404 })) });
    expect((await call('GET', `/api/hooks/${hooks[0]}`)).body).toMatchObject({ hook: { isPublished: true } });
    await expect(act('sendTestPayload', { hookId: 99 })).rejects.toThrow('no webhook 99');
  });
});

describe('the page', () => {
  it('shows opt-in and links of a contact', async () => {
    await act('saveContact', {
      id: 1,
      fields: { discord_invite_vip: 'https://discord.gg/a<b', discord_invite_basic: 'https://discord.gg/c' },
    });
    const html = mautic.render();
    expect(html).toContain('opted in');
    expect(html).toContain('VIP invite</span> <code>discord.gg/a&lt;b</code>');
    expect(html).toContain('Basic invite</span> <code>discord.gg/c</code>');
  });
});
