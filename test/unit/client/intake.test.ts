import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createLifecycleClient, type LifecycleClient } from '../../../client';
import { IntakeServer } from './intake-server';
import { TOKEN } from './receiver';

const ada = { email: 'ada@example.com' };
const timestamp = '2026-03-01T11:00:00.000Z';

let intake: IntakeServer;
let client: LifecycleClient;

beforeEach(async () => {
  intake = await IntakeServer.start();
  client = createLifecycleClient({ url: intake.receiver.url, token: TOKEN });
});
afterEach(() => intake.receiver.down());

const calls: Array<[string, object, (client: LifecycleClient) => Promise<unknown>]> = [
  [
    'user.registered',
    { ...ada, name: 'Ada', plan: 'free', source: 'website', marketingConsent: true },
    (client) =>
      client.userRegistered({ ...ada, name: 'Ada', plan: 'free', source: 'website', marketingConsent: true }),
  ],
  [
    'user.registered',
    { ...ada, plan: 'enterprise', marketingConsent: false },
    (client) => client.userRegistered({ ...ada, name: '', plan: 'enterprise', source: null }),
  ],
  [
    'user.upgraded',
    { ...ada, previousPlan: 'free', newPlan: 'pro' },
    (client) => client.userUpgraded({ ...ada, previousPlan: 'free', newPlan: 'pro' }),
  ],
  [
    'user.downgraded',
    { ...ada, previousPlan: 'enterprise', newPlan: 'free' },
    (client) => client.userDowngraded({ ...ada, previousPlan: 'enterprise', newPlan: 'free' }),
  ],
  ['user.churned', ada, (client) => client.userChurned(ada)],
  ['user.churned', { ...ada, reason: 'moved' }, (client) => client.userChurned({ ...ada, reason: 'moved' })],
  ['user.loggedIn', ada, (client) => client.userLoggedIn({ ...ada, timeZone: null })],
  [
    'user.loggedIn',
    { ...ada, timeZone: 'Europe/Berlin' },
    (client) => client.userLoggedIn({ ...ada, timeZone: 'Europe/Berlin' }),
  ],
  [
    'user.registered',
    { ...ada, plan: 'free', marketingConsent: false, timeZone: 'Mars/Olympus' },
    (client) => client.userRegistered({ ...ada, plan: 'free', timeZone: 'Mars/Olympus' }),
  ],
  [
    'user.custom',
    { ...ada, name: 'report.exported', properties: {} },
    (client) => client.customEvent({ ...ada, name: 'report.exported' }),
  ],
  [
    'user.custom',
    { ...ada, name: 'report.exported', properties: { pages: 3 } },
    (client) => client.customEvent({ ...ada, name: 'report.exported', properties: { pages: 3 } }),
  ],
];

it.each(calls)('the intake accepts %s %j', async (type, data, act) => {
  expect(await act(client)).toEqual({ delivered: true });
  expect([...intake.events.values()]).toMatchObject([{ type, payload: { data } }]);
});

it.each(calls)('the intake accepts in the form of Windmill %s %j', async (type, data, act) => {
  const url = new URL(intake.receiver.url).origin + '/webhook/windmill';
  expect(await act(createLifecycleClient({ url, token: TOKEN, format: 'windmill' }))).toEqual({
    delivered: true,
  });
  const [event] = [...intake.events.values()];
  expect(event).toMatchObject({ type, payload: { data } });
  expect(intake.answers).toEqual([{ status: 201, body: event?.externalId }]);
});

it('the intake keeps an event once whose answer was lost', async () => {
  intake.receiver.behave(
    async (request) => {
      await intake.answer(request);
      return { status: 502 };
    },
    (request) => intake.answer(request),
  );
  expect(await client.userRegistered({ ...ada, plan: 'pro' }, { timestamp })).toEqual({ delivered: true });
  expect(intake.answers).toEqual([
    { status: 200, body: { received: true } },
    { status: 200, body: { received: true, duplicate: true } },
  ]);
  expect([...intake.events.values()]).toMatchObject([{ occurredAt: new Date(timestamp) }]);
});

it('the intake’s refusal is told with the field that is wrong', async () => {
  const plan = 'gold' as 'pro';
  expect(await client.userRegistered({ ...ada, plan })).toEqual({
    delivered: false,
    reason: expect.stringMatching(/answered 422: data\.plan: /),
  });
});

it('the intake refuses another token', async () => {
  const stranger = createLifecycleClient({ url: intake.receiver.url, token: 'another' });
  expect(await stranger.userLoggedIn(ada)).toEqual({
    delivered: false,
    reason: expect.stringMatching(/answered 401: the bearer token is wrong$/),
  });
  expect(intake.events.size).toBe(0);
});
