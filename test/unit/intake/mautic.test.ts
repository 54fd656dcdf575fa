import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { groupKeyOf, providers, receive, type IntakeEvent, type Provider } from '../../../services/intake';
import { phpJson } from '../../../sandbox/mautic/php';

const mautic = providerOf('mautic');
const SECRET = 'current-secret';
const NOW = new Date('2026-03-01T12:00:00Z');
const UPDATED = 'mautic.lead_post_save_update';
const CREATED = 'mautic.lead_post_save_new';

describe('a webhook of Mautic', () => {
  it('is accepted with its contact, its time and what it carries', async () => {
    const sent = item(52, { timestamp: '2017-12-01T00:05:18-06:00' });
    const { answer, accepted } = await send({ [UPDATED]: [sent] });
    expect(answer).toMatchObject({ status: 200, body: { received: true } });
    expect(accepted).toEqual([
      {
        externalId: expect.stringMatching(
          /^mautic\.lead_post_save_update:52:2017-12-01T00:05:18-06:00:[0-9a-f]{16}$/,
        ),
        type: UPDATED,
        occurredAt: new Date('2017-12-01T06:05:18Z'),
        groupKey: groupKeyOf('contact', '52'),
        payload: sent,
      },
    ]);
  });

  it('is verified over the exact bytes, escapes and all', async () => {
    const text = `{"${UPDATED}":[{"contact":{"id":7,"fields":{"url":"https:\\/\\/m\\u00e9.example"}},"timestamp":"2026-03-01T12:00:00+00:00"}]}`;
    expect((await send(text)).answer.status).toBe(200);
    const reserialised = JSON.stringify(JSON.parse(text));
    expect((await send(reserialised, { signature: signed(text) })).answer.status).toBe(401);
  });

  it('may carry several events of several kinds, and one contact several times', async () => {
    const { accepted } = await send({
      [UPDATED]: [item(1, { points: 1 }), item(2), item(1, { points: 2 })],
      [CREATED]: [item(1)],
    });
    expect(accepted.map(({ type, groupKey }) => [type, groupKey])).toEqual([
      [UPDATED, groupKeyOf('contact', '1')],
      [UPDATED, groupKeyOf('contact', '2')],
      [UPDATED, groupKeyOf('contact', '1')],
      [CREATED, groupKeyOf('contact', '1')],
    ]);
    expect(new Set(accepted.map(({ externalId }) => externalId)).size).toBe(4);
  });

  it('is handed over for storage as a whole', async () => {
    const { handedOver } = await send({ [UPDATED]: [item(1), item(2)], [CREATED]: [item(3)] });
    expect(handedOver).toEqual([3]);
  });

  it('is recognised when it comes again, also with its keys in another order', async () => {
    const first = await send({ [UPDATED]: [{ ...item(1), channel: 'email', nested: { a: 1, b: [2] } }] });
    const { timestamp, contact } = item(1);
    const again = await send({
      [UPDATED]: [{ nested: { b: [2], a: 1 }, channel: 'email', timestamp, contact }],
    });
    expect(again.accepted[0]?.externalId).toBe(first.accepted[0]?.externalId);
  });

  it('belongs to the same group and event whether ids are numbers or texts', async () => {
    const number = await send({ [UPDATED]: [item(52)] });
    const text = await send({ [UPDATED]: [item('52')] });
    expect(text.accepted[0]?.groupKey).toBe(number.accepted[0]?.groupKey);
    expect(text.accepted[0]?.externalId).toMatch(/:52:/);
  });

  it.each([
    ['mautic.lead_post_delete', { id: 9, contact: { id: null } }],
    ['mautic.lead_points_change', { contact: { id: 9 }, points: { old_points: 0, new_points: 5 } }],
    [
      'mautic.lead_channel_subscription_changed',
      { contact: { id: 9 }, channel: 'email', old_status: 'contactable', new_status: 'manual' },
    ],
    ['mautic.lead_company_change', { contact: { id: 9 }, added: true, company: { id: 4 } }],
    ['mautic.lead_list_change', { contact: { id: 9 }, segment: { id: 3 }, action: 'added' }],
    ['mautic.email_on_send', { contact: { id: '9' }, email: { id: 2 } }],
    ['mautic.email_on_open', { stat: { id: 8, lead: { id: 9 } } }],
    ['mautic.form_on_submit', { submission: { id: 13, lead: { id: 9 } } }],
    ['mautic.page_on_hit', { hit: { id: 5, lead: { id: 9 } } }],
    ['mautic.sms_on_send', { contact: { id: '9' }, smsId: 1 }],
  ])('finds the contact of %s', async (type, content) => {
    const { accepted } = await send({ [type]: [{ ...content, timestamp: item(9).timestamp }] });
    expect(accepted).toEqual([expect.objectContaining({ type, groupKey: groupKeyOf('contact', '9') })]);
  });

  it('sent by the test button is read past its stray timestamp', async () => {
    const { answer, accepted } = await send({
      [UPDATED]: [item(52)],
      'mautic.email_on_open': { stat: { id: 8 } },
      timestamp: '2026-03-01T12:00:00+00:00',
    });
    expect(answer).toMatchObject({ status: 200, body: { received: true } });
    expect(accepted).toHaveLength(1);
  });

  it.each([
    ['no contact', { timestamp: '2026-03-01T12:00:00+00:00' }],
    ['a contact without id', { contact: { points: 0 } }],
    ['a contact whose id is none', { contact: { id: 0 } }],
    ['a text', 'text'],
    ['nothing', null],
  ])('loses only the item that is or has %s', async (_case, bad) => {
    const { answer, accepted } = await send({ [UPDATED]: [item(1), bad, item(2)] });
    expect(answer.body).toEqual({ received: true });
    expect(accepted).toHaveLength(2);
  });

  it.each([
    ['has no time', {}],
    ['has a time that is none', { timestamp: 'yesterday' }],
  ])('happened when it came in if it %s', async (_case, time) => {
    const { accepted } = await send({ [UPDATED]: [{ contact: { id: 1 }, ...time }] });
    expect(accepted[0]?.occurredAt).toEqual(NOW);
  });

  it('is accepted with the older of two secrets while they are changed', async () => {
    const text = body({ [UPDATED]: [item(1)] });
    const { answer } = await send(text, { signature: signed(text, 'older'), secrets: [SECRET, 'older'] });
    expect(answer.status).toBe(200);
  });

  it('may hold a whole batch of contacts', async () => {
    const batch = Array.from({ length: 200 }, (_, number) =>
      item(number + 1, { fields: { core: { note: { value: 'x'.repeat(8_000) } } } }),
    );
    const { answer, accepted } = await send({ [UPDATED]: batch });
    expect(answer.status).toBe(200);
    expect(accepted).toHaveLength(200);
  });

  const good = body({ [UPDATED]: [item(1)] });
  it.each([
    ['without signature', good, { signature: undefined }, 401, /missing/],
    ['with an empty signature', good, { signature: '' }, 401, /missing/],
    ['with garbage for a signature', good, { signature: 'garbage' }, 401, /wrong/],
    ['signed with another secret', good, { signature: signed(good, 'other') }, 401, /wrong/],
    ['signed for another body', good, { signature: signed('{}') }, 401, /wrong/],
    ['signed in hexadecimal', good, { signature: signed(good, SECRET, 'hex') }, 401, /wrong/],
    ['when no secret is set', good, { secrets: [] }, 401, /wrong/],
    ['over 8 MiB', `"${'x'.repeat(8 * 1024 * 1024)}"`, {}, 413, /8 MiB/],
    ['when the store is down', good, { storeDown: true }, 503, /send it again/],
  ])('%s is refused and not stored', async (_case, text, options, status, reason) => {
    const { answer, accepted } = await send(text, options);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ received: false, reason: expect.stringMatching(reason) });
    expect(accepted).toEqual([]);
  });

  // A refusal would make Mautic stop sending, and the event would be lost all the same.
  it.each([
    ['is not JSON', '{"mautic.lead', /not valid JSON/],
    ['is a list', '[1]', /not a delivery/],
    ['is a text', '"hello"', /not a delivery/],
    ['names no contact at all', body({ [UPDATED]: [{ contact: {} }] }), /names a contact/],
  ])('that is genuine but %s is acknowledged and ignored', async (_case, text, reason) => {
    const { answer, accepted } = await send(text);
    expect(answer).toEqual({ status: 200, body: { received: false, reason: expect.stringMatching(reason) } });
    expect(answer.body.reason).toMatch(/^ignored/);
    expect(accepted).toEqual([]);
  });

  it('of a kind without a contact is acknowledged and dropped', async () => {
    const { answer, accepted } = await send({ 'mautic.company_post_save': [{ company: { id: 3 } }] });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ received: true, reason: expect.stringMatching(/^ignored/) });
    expect(accepted).toEqual([]);
  });

  it('has a sample that reads like a real one', async () => {
    const sample = mautic.eventTypes.find(({ type }) => type === UPDATED)?.sample;
    const { accepted } = await send({ [UPDATED]: [sample] });
    expect(accepted).toEqual([expect.objectContaining({ payload: sample })]);
  });
});

function item(id: number | string, over: Record<string, unknown> = {}) {
  const { timestamp = '2026-03-01T11:59:00+00:00', ...contact } = over;
  return {
    contact: {
      id,
      points: 0,
      fields: { core: { email: { alias: 'email', value: 'ada@example.com' } }, social: {}, personal: [] },
      tags: [[]],
      doNotContact: [],
      ...contact,
    },
    timestamp,
  };
}

/** As PHP writes it: slashes and everything beyond ASCII escaped. */
function body(content: Record<string, unknown>): string {
  return phpJson(content);
}

function signed(text: string, secret = SECRET, encoding: 'base64' | 'hex' = 'base64'): string {
  return createHmac('sha256', secret).update(text).digest(encoding);
}

interface SendOptions {
  signature?: string | undefined;
  secrets?: string[];
  storeDown?: boolean;
}

async function send(content: string | Record<string, unknown>, options: SendOptions = {}) {
  const text = typeof content === 'string' ? content : body(content);
  const accepted: IntakeEvent[] = [];
  const handedOver: number[] = [];
  const headers = {
    'content-type': 'application/json',
    'webhook-signature': 'signature' in options ? options.signature : signed(text),
  };
  const answer = await receive(
    mautic,
    { headers, rawBody: Buffer.from(text) },
    {
      secrets: options.secrets ?? [SECRET],
      now: NOW,
      accept: async (events) => {
        if (options.storeDown) throw new Error('connect ECONNREFUSED');
        handedOver.push(events.length);
        accepted.push(...events);
        return events.map(() => ({ duplicate: false }));
      },
    },
  );
  return { answer, accepted, handedOver };
}

function providerOf(source: string): Provider {
  const provider = providers.find((each) => each.source === source);
  if (!provider) throw new Error(`no provider ${source}`);
  return provider;
}
