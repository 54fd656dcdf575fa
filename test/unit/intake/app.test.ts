import { describe, expect, it } from '@jest/globals';
import { providers, receive, type IntakeEvent } from '../../../services/intake';
import { appEventTypes } from '../../../services/intake/app-events';
import { ownEventTypes } from '../../../services/intake/own-events';

const app = providers.find(({ source }) => source === 'app');
const TOKEN = 'a-token-of-more-than-thirty-two-characters';
const NOW = new Date('2026-03-01T11:05:00Z');

const registered = {
  id: 'signup-1',
  type: 'user.registered',
  timestamp: '2026-03-01T12:00:00+01:00',
  data: { email: 'ada@example.com', plan: 'pro' },
};
const planChange = (type: string, previousPlan: string, newPlan: string) => ({
  type,
  data: { email: 'ada@example.com', previousPlan, newPlan },
});
const custom = (more: object) => ({
  type: 'user.custom',
  data: { email: 'ada@example.com', name: 'report.exported', ...more },
});

describe('an app event', () => {
  it.each(ownEventTypes)(
    'of type $type, which only the store raises, is refused',
    async ({ type, sample }) => {
      expect(app?.eventTypes).toContainEqual(expect.objectContaining({ type }));
      const { status, accepted } = await send({ type, data: sample });
      expect(status).toBe(422);
      expect(accepted).toEqual([]);
    },
  );

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

  it.each(appEventTypes)('of type $type is accepted as its sample has it', async ({ type, sample }) => {
    const { status, accepted } = await send(sample ?? {});
    expect(status).toBe(200);
    expect(accepted).toEqual([expect.objectContaining({ type, externalId: 'sample', payload: sample })]);
  });

  it('without an id is recognised again by its content and time', async () => {
    const { type, timestamp, data } = registered;
    const anonymous = { type, timestamp, data };
    const first = await send(anonymous);
    const again = await send({ data: { plan: 'pro', email: 'ada@example.com' }, timestamp, type });
    const later = await send({ ...anonymous, timestamp: '2026-02-02T12:00:00Z' });
    expect(again.accepted[0]?.externalId).toBe(first.accepted[0]?.externalId);
    expect(later.accepted[0]?.externalId).not.toBe(first.accepted[0]?.externalId);
  });

  it.each([
    ['up to five minutes in the future', '2026-03-01T11:10:00Z'],
    ['of the year 2000', '2000-01-01T00:00:00Z'],
  ])('may have a time %s', async (_case, timestamp) => {
    expect(await send({ ...registered, timestamp })).toMatchObject({ status: 200 });
  });

  it.each([
    ['no token', {}, { authorization: undefined }, 401, /missing/],
    ['a wrong token', {}, { authorization: 'Bearer guess' }, 401, /wrong/],
    ['another scheme', {}, { authorization: `Basic ${TOKEN}` }, 401, /missing/],
    ['an unknown type', { type: 'user.teleported' }, {}, 422, /type: "user.teleported" is unknown/],
    ['a type that every object has', { type: 'toString' }, {}, 422, /type: "toString" is unknown/],
    ['an invalid e-mail', { data: { email: 'ada', plan: 'pro' } }, {}, 422, /^data\.email: /],
    [
      'too long an e-mail',
      { data: { email: `${'a'.repeat(250)}@b.de`, plan: 'pro' } },
      {},
      422,
      /^data\.email: /,
    ],
    ['no e-mail', { data: { plan: 'pro' } }, {}, 422, /^data\.email: /],
    ['an unknown plan', { data: { email: 'a@b.de', plan: 'gold' } }, {}, 422, /^data\.plan: /],
    ['an extra field', { data: { ...registered.data, age: 3 } }, {}, 422, /^data: .*"age"/],
    ['an extra field beside the data', { extra: 1 }, {}, 422, /"extra"/],
    ['a time that is none', { timestamp: 'yesterday' }, {}, 422, /^timestamp: /],
    ['a time without its zone', { timestamp: '2026-03-01T12:00:00' }, {}, 422, /^timestamp: /],
    ['a time far ahead', { timestamp: '2026-03-01T11:10:01Z' }, {}, 422, /^timestamp: .*future/],
    ['a time in seconds', { timestamp: '1970-01-21T12:00:00Z' }, {}, 422, /^timestamp: .*2000/],
    [
      'an upgrade that is none',
      planChange('user.upgraded', 'pro', 'free'),
      {},
      422,
      /^data\.newPlan: .*higher/,
    ],
    ['an upgrade to the same', planChange('user.upgraded', 'pro', 'pro'), {}, 422, /^data\.newPlan: /],
    ['a downgrade upwards', planChange('user.downgraded', 'free', 'pro'), {}, 422, /^data\.newPlan: .*lower/],
    ['a name without end', custom({ name: 'x'.repeat(101) }), {}, 422, /^data\.name: /],
    ['no name of its own', custom({ name: '' }), {}, 422, /^data\.name: /],
    [
      'properties without end',
      custom({ properties: { a: 'ä'.repeat(4_096) } }),
      {},
      422,
      /^data\.properties: .*8 KiB/,
    ],
    ['properties that are a list', custom({ properties: [1] }), {}, 422, /^data\.properties: /],
    ['too long an id', { id: 'x'.repeat(201) }, {}, 422, /^id: /],
  ])('with %s is refused and not stored', async (_case, change, headers, status, reason) => {
    const answer = await send({ ...registered, ...change }, headers);
    expect(answer.status).toBe(status);
    expect(answer.body.reason).toMatch(reason);
    expect(answer.accepted).toEqual([]);
  });
});

describe('an app event without id and timestamp', () => {
  const { type, data } = registered;

  it('happened when it came in', async () => {
    const { accepted } = await send({ type, data });
    expect(accepted).toEqual([
      expect.objectContaining({
        occurredAt: NOW,
        payload: { type, data: { ...data, marketingConsent: false } },
      }),
    ]);
  });

  it.each([
    ['at once', 0, true],
    ['ten minutes later', 10 * 60_000, true],
    ['by a clock that is behind', -60_000, true],
    ['twenty minutes later', 20 * 60_000, false],
  ])('that comes again %s is the same: %s', async (_case, laterMs, same) => {
    for (const minute of [0, 3, 9]) {
      const at = new Date(Date.UTC(2026, 2, 1, 11, minute));
      const first = await send({ type, data }, {}, at);
      const again = await send({ type, data }, {}, new Date(at.getTime() + laterMs));
      const [{ externalId: held = '' } = {}] = first.accepted;
      const [{ externalId, alsoKnownAs = [] } = {}] = again.accepted;
      expect({ minute, same: [externalId, ...alsoKnownAs].includes(held) }).toEqual({ minute, same });
    }
  });

  it.each([
    ['another content', { type, data: { ...data, plan: 'free' } }],
    ['another type', { type: 'user.loggedIn', data: { email: data.email } }],
  ])('is not the same as one with %s', async (_case, other) => {
    const [{ externalId = '' } = {}] = (await send({ type, data })).accepted;
    const [event] = (await send(other)).accepted;
    expect([event?.externalId, ...(event?.alsoKnownAs ?? [])]).not.toContain(externalId);
  });
});

async function send(body: object, headers: { authorization?: string | undefined } = {}, now = NOW) {
  if (!app) throw new Error('no provider for app events');
  const accepted: IntakeEvent[] = [];
  const request = {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
    rawBody: Buffer.from(JSON.stringify(body)),
  };
  const answer = await receive(app, request, {
    secrets: ['another-token-of-more-than-thirty-two', TOKEN],
    now,
    accept: async (events) => {
      accepted.push(...events);
      return events.map(() => ({ duplicate: false }));
    },
  });
  return { ...answer, accepted };
}
