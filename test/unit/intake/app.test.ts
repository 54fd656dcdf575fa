import { describe, expect, it } from '@jest/globals';
import { providers, receive, type IntakeEvent } from '../../../services/intake';

const app = providers.find(({ source }) => source === 'app');
const TOKEN = 'a-token-of-more-than-thirty-two-characters';

const registered = {
  id: 'signup-1',
  type: 'user.registered',
  timestamp: '2026-03-01T12:00:00+01:00',
  data: { email: 'ada@example.com', plan: 'pro' },
};

describe('an app event', () => {
  it('is accepted with the bearer token', async () => {
    const { status, accepted } = await send(registered);
    expect(status).toBe(200);
    expect(accepted).toEqual([
      expect.objectContaining({
        externalId: 'signup-1',
        type: 'user.registered',
        occurredAt: new Date('2026-03-01T11:00:00Z'),
        payload: { ...registered, data: { ...registered.data, marketingConsent: false } },
      }),
    ]);
  });

  it('without an id is recognised again by its content and time', async () => {
    const { type, timestamp, data } = registered;
    const anonymous = { type, timestamp, data };
    const first = await send(anonymous);
    const again = await send({ data, timestamp, type });
    const later = await send({ ...anonymous, timestamp: '2026-03-02T12:00:00Z' });
    expect(again.accepted[0]?.externalId).toBe(first.accepted[0]?.externalId);
    expect(later.accepted[0]?.externalId).not.toBe(first.accepted[0]?.externalId);
  });

  it.each([
    ['no token', {}, { authorization: undefined }, 401, /missing/],
    ['a wrong token', {}, { authorization: 'Bearer guess' }, 401, /wrong/],
    ['another scheme', {}, { authorization: `Basic ${TOKEN}` }, 401, /missing/],
    ['an unknown type', { type: 'user.teleported' }, {}, 422, /type: "user.teleported" is unknown/],
    ['a type that every object has', { type: 'toString' }, {}, 422, /type: "toString" is unknown/],
    ['an invalid e-mail', { data: { email: 'ada', plan: 'pro' } }, {}, 422, /data\.email/],
    ['an unknown plan', { data: { email: 'a@b.de', plan: 'gold' } }, {}, 422, /data\.plan/],
    ['an extra field', { data: { ...registered.data, age: 3 } }, {}, 422, /age/],
    ['an extra field beside the data', { extra: 1 }, {}, 422, /extra/],
    ['a time that is none', { timestamp: 'yesterday' }, {}, 422, /timestamp/],
    ['neither id nor timestamp', { id: undefined, timestamp: undefined }, {}, 422, /id or a timestamp/],
  ])('with %s is refused and not stored', async (_case, change, headers, status, reason) => {
    const answer = await send({ ...registered, ...change }, headers);
    expect(answer.status).toBe(status);
    expect(answer.body.reason).toMatch(reason);
    expect(answer.accepted).toEqual([]);
  });
});

async function send(body: object, headers: { authorization?: string | undefined } = {}) {
  if (!app) throw new Error('no provider for app events');
  const accepted: IntakeEvent[] = [];
  const request = {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
    rawBody: Buffer.from(JSON.stringify(body)),
  };
  const answer = await receive(app, request, {
    secrets: ['another-token-of-more-than-thirty-two', TOKEN],
    accept: async (events) => {
      accepted.push(...events);
      return events.map(() => ({ duplicate: false }));
    },
  });
  return { ...answer, accepted };
}
