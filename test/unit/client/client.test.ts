import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLifecycleClient, type LifecycleClient, type LifecycleProblem } from '../../../client';
import { until } from '../../support/until';
import { Receiver, TOKEN, UP, type Behaviour } from './receiver';

/** Milliseconds; long enough for a busy machine, short enough for three tries of what never answers. */
const TIMEOUT = 400;
const ada = { email: 'ada@example.com', plan: 'pro' } as const;

let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.start();
});
afterEach(() => {
  receiver.reset();
  jest.restoreAllMocks();
});
afterAll(async () => {
  await receiver.down();
});

function newClient(over: Parameters<typeof createLifecycleClient>[0] = {}): LifecycleClient {
  return createLifecycleClient({ url: receiver.url, token: TOKEN, timeout: TIMEOUT, ...over });
}

/** Lets every pause of a second or more, which servers ask for, end at once; gives their lengths in milliseconds. */
function skipLongPauses(): number[] {
  const start = globalThis.setTimeout;
  const pauses: number[] = [];
  const replacement = (callback: () => void, milliseconds = 0) => {
    if (milliseconds >= 1_000) pauses.push(milliseconds);
    return start(callback, milliseconds >= 1_000 ? 0 : milliseconds);
  };
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(replacement as typeof setTimeout);
  return pauses;
}

describe('an event', () => {
  it.each<[string, object, (client: LifecycleClient) => Promise<unknown>]>([
    [
      'user.registered',
      { ...ada, name: 'Ada Lovelace', source: 'website', marketingConsent: true },
      (client) =>
        client.userRegistered({ ...ada, name: 'Ada Lovelace', source: 'website', marketingConsent: true }),
    ],
    [
      'user.upgraded',
      { email: ada.email, previousPlan: 'free', newPlan: 'pro' },
      (client) => client.userUpgraded({ email: ada.email, previousPlan: 'free', newPlan: 'pro' }),
    ],
    [
      'user.downgraded',
      { email: ada.email, previousPlan: 'pro', newPlan: 'free' },
      (client) => client.userDowngraded({ email: ada.email, previousPlan: 'pro', newPlan: 'free' }),
    ],
    [
      'user.churned',
      { email: ada.email, reason: 'too expensive' },
      (client) => client.userChurned({ email: ada.email, reason: 'too expensive' }),
    ],
    ['user.loggedIn', { email: ada.email }, (client) => client.userLoggedIn({ email: ada.email })],
    [
      'user.custom',
      { email: ada.email, name: 'report.exported', properties: { pages: 3 } },
      (client) => client.customEvent({ email: ada.email, name: 'report.exported', properties: { pages: 3 } }),
    ],
  ])('%s is sent as the intake takes it', async (type, data, act) => {
    expect(await act(newClient())).toEqual({ delivered: true });
    expect(receiver.received).toMatchObject([
      {
        path: '/webhook/app/lifecycle',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      },
    ]);
    expect(receiver.received[0]?.body).toEqual({
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
      type,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      data,
    });
  });

  it('has an id of its own', async () => {
    const client = newClient();
    await Promise.all([client.userLoggedIn(ada), client.userLoggedIn(ada)]);
    const [first, second] = receiver.received;
    expect(first?.body.id).not.toBe(second?.body.id);
  });

  it('takes the id and the time that it is given', async () => {
    const timestamp = new Date('2026-03-01T12:00:00+01:00');
    await newClient().userLoggedIn(ada, { id: 'login-1', timestamp });
    await newClient().userLoggedIn(ada, { id: 'login-2', timestamp: '2026-03-01T12:00:00+01:00' });
    expect(receiver.received.map(({ body }) => body)).toMatchObject([
      { id: 'login-1', timestamp: '2026-03-01T11:00:00.000Z' },
      { id: 'login-2', timestamp: '2026-03-01T11:00:00.000Z' },
    ]);
  });

  it.each([null, undefined, ''])('happened now when its time is %j', async (timestamp) => {
    expect(await newClient().userLoggedIn(ada, { timestamp })).toEqual({ delivered: true });
    expect(receiver.received[0]?.body.timestamp).toMatch(/^20\d\d-/);
  });

  it('carries nothing but its own fields, and none that is blank', async () => {
    const record = { ...ada, id: 7, passwordHash: 'x', name: null, source: '', marketingConsent: false };
    await newClient().userRegistered(record);
    expect(receiver.received[0]?.body.data).toEqual({ ...ada, marketingConsent: false });
  });

  it('has an id where there is no global crypto', async () => {
    const { crypto } = globalThis;
    Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true, writable: true });
    try {
      await newClient().userLoggedIn(ada);
    } finally {
      Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true, writable: true });
    }
    expect(receiver.received[0]?.body.id).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/,
    );
  });
});

describe('an answer', () => {
  it.each<[string, Behaviour, number]>([
    ['200', UP, 1],
    ['201 with text', { status: 201, body: 'c0ffee' }, 1],
    ['204', { status: 204 }, 1],
    ['200 whose body never comes', { headOnly: 200 }, 1],
  ])('%s means that it is delivered', async (_case, behaviour, tries) => {
    receiver.behave(behaviour);
    expect(await newClient().userRegistered(ada)).toEqual({ delivered: true });
    expect(receiver.received).toHaveLength(tries);
  });

  it.each<[string, Behaviour, RegExp]>([
    [
      '401',
      { status: 401, body: '{"reason":"the bearer token is wrong"}' },
      /answered 401: the bearer token is wrong$/,
    ],
    ['404', { status: 404, body: 'not registered' }, /answered 404: not registered$/],
    [
      '422',
      { status: 422, body: '{"reason":"data.plan: no such plan"}' },
      /answered 422: data\.plan: no such plan$/,
    ],
    ['400 without a word', { status: 400 }, /answered 400$/],
    ['401 whose body never comes', { headOnly: 401 }, /answered 401$/],
    ['a redirect', { status: 308, headers: { location: '/elsewhere' } }, /redirects; enter the address/],
  ])('%s is final', async (_case, behaviour, reason) => {
    receiver.behave(behaviour);
    expect(await newClient().userRegistered(ada)).toEqual({
      delivered: false,
      reason: expect.stringMatching(reason),
    });
    expect(receiver.received).toHaveLength(1);
  });

  it.each<[string, Behaviour, RegExp]>([
    ['500', { status: 500, body: 'oops' }, /^http:\/\/127\.0\.0\.1:\d+ answered 500: oops$/],
    ['503', { status: 503 }, /answered 503$/],
    ['429', { status: 429 }, /answered 429$/],
    ['500 whose body never comes', { headOnly: 500 }, /answered 500$/],
    ['a connection that is cut', 'cut', /could not be reached/],
    ['silence', 'silent', /^http:\/\/127\.0\.0\.1:\d+ did not answer within 400 ms$/],
  ])('%s is tried three times, as the same event', async (_case, behaviour, reason) => {
    receiver.behave(behaviour);
    expect(await newClient().userRegistered(ada)).toEqual({
      delivered: false,
      reason: expect.stringMatching(reason),
    });
    const texts = receiver.received.map(({ text }) => text);
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(1);
  });

  it('that comes at last is all that counts', async () => {
    receiver.behave({ status: 500 }, 'cut', UP);
    expect(await newClient().userRegistered(ada)).toEqual({ delivered: true });
    expect(receiver.received).toHaveLength(3);
  });

  it('is not needed: a refused connection is told as such', async () => {
    const gone = await Receiver.start();
    await gone.down();
    expect(await newClient({ url: gone.url }).userRegistered(ada)).toEqual({
      delivered: false,
      reason: expect.stringMatching(/could not be reached \(ECONNREFUSED\)$/),
    });
  });

  it('that asks for patience gets it, within limits', async () => {
    const pauses = skipLongPauses();
    receiver.behave(
      { status: 429, headers: { 'retry-after': '2' } },
      { status: 503, headers: { 'retry-after': '3600' } },
      UP,
    );
    expect(await newClient().userRegistered(ada)).toEqual({ delivered: true });
    expect(pauses).toEqual([2_000, 5_000]);
  });

  it('that quotes the token does not bring it into the reason', async () => {
    receiver.behave({ status: 401, body: `no user has ${TOKEN}` });
    expect(await newClient().userRegistered(ada)).toMatchObject({
      reason: expect.stringMatching(/answered 401: no user has \*\*\*$/),
    });
  });
});

describe('whatever is passed', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const throwing = (value: unknown) => ({
    get email(): string {
      throw value;
    },
  });
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();

  const unreadable = Object.defineProperty(new Error(), 'message', { get: throwNow });
  const custom = (properties: unknown) => ({ email: ada.email, name: 'x', properties });
  const untyped = (client: LifecycleClient) =>
    client as unknown as Record<'customEvent', (data?: unknown, options?: unknown) => Promise<unknown>>;

  it.each<{ what: string; data: unknown; options?: unknown }>([
    { what: 'nothing', data: undefined },
    { what: 'null', data: null },
    { what: 'a getter that throws', data: throwing(new Error('no such user')) },
    { what: 'a getter that throws nothing', data: throwing(undefined) },
    { what: 'a getter that throws what has no text', data: throwing(Object.create(null)) },
    { what: 'an error whose message throws', data: throwing(unreadable) },
    { what: 'a revoked proxy', data: revoked },
    { what: 'circular properties', data: custom(circular) },
    { what: 'a BigInt', data: custom({ count: 10n }) },
    { what: 'a toJSON that throws', data: custom({ toJSON: throwNow }) },
    { what: 'a time that is none', data: custom({}), options: { timestamp: 'yesterday' } },
    { what: 'options that throw', data: custom({}), options: revoked },
  ])('$what becomes a reason and no error', async ({ data, options }) => {
    const problems: LifecycleProblem[] = [];
    const client = newClient({ onError: (problem) => void problems.push(problem) });
    const delivery = await untyped(client).customEvent(data, options);
    expect(delivery).toEqual({
      delivered: false,
      reason: expect.stringMatching(/^the event cannot be sent: ./),
    });
    expect(problems).toMatchObject([{ type: 'user.custom' }]);
    expect(receiver.received).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a revoked proxy', revoked],
    ['numbers', { url: 4, token: 5 }],
    ['a time-out that is none', { url: 'http://127.0.0.1:1', token: TOKEN, timeout: Symbol('soon') }],
  ])('as options of the client: %s does no harm either', async (_case, options) => {
    jest.spyOn(console, 'warn').mockReturnValue();
    const client = createLifecycleClient(options as Parameters<typeof createLifecycleClient>[0]);
    expect(await client.userRegistered(ada)).toEqual({ delivered: false, reason: expect.any(String) });
  });

  it('is read when it is passed, not when it is tried again', async () => {
    receiver.behave({ status: 500 }, UP);
    const user = { email: ada.email, name: 'x', properties: { pages: 3 } };
    const delivery = newClient().customEvent(user);
    user.properties.pages = 4;
    expect(await delivery).toEqual({ delivered: true });
    const pages = receiver.received.map(({ body }) => body.data);
    expect(pages).toMatchObject([{ properties: { pages: 3 } }, { properties: { pages: 3 } }]);
  });

  function throwNow(): never {
    throw new Error('never touch this');
  }
});

describe('onError', () => {
  const tell = (onError: (problem: LifecycleProblem) => void | Promise<void>) => {
    receiver.behave({ status: 401 });
    return newClient({ onError }).userRegistered(ada);
  };
  const refusal = { delivered: false, reason: expect.stringMatching(/answered 401/) };

  it('is told of what was not delivered, and of nothing else', async () => {
    const problems: LifecycleProblem[] = [];
    const onError = (problem: LifecycleProblem) => void problems.push(problem);
    await newClient({ onError }).userRegistered(ada);
    expect(problems).toEqual([]);
    await tell(onError);
    expect(problems).toEqual([{ type: 'user.registered', reason: refusal.reason }]);
  });

  it('may throw, reject or never end', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const failure = new Error('the logger is broken');
    expect(
      await tell(() => {
        throw failure;
      }),
    ).toEqual(refusal);
    expect(await tell(() => Promise.reject(failure))).toEqual(refusal);
    expect(await tell(() => new Promise(() => undefined))).toEqual(refusal);
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('events under way', () => {
  it('are waited for by flush, whatever becomes of them', async () => {
    const client = newClient();
    await client.flush();
    const outcomes: boolean[] = [];
    receiver.behave({ status: 500 }, { status: 422 }, UP);
    const note = ({ delivered }: { delivered: boolean }) => void outcomes.push(delivered);
    for (let i = 0; i < 3; i += 1) void client.userLoggedIn(ada).then(note);
    await client.flush();
    expect(outcomes.sort()).toEqual([false, true, true]);
  });

  it('are a thousand at most; more are dropped and told of', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    receiver.behave(async () => {
      await released;
      return UP;
    });
    const problems: LifecycleProblem[] = [];
    const client = newClient({ timeout: 60_000, onError: (problem) => void problems.push(problem) });
    const { userLoggedIn } = client;
    const deliveries = Array.from({ length: 1_000 }, () => userLoggedIn(ada));
    const dropped = 'dropped: 1000 events are under way already';
    expect(await userLoggedIn(ada)).toEqual({ delivered: false, reason: dropped });
    expect(problems).toEqual([{ type: 'user.loggedIn', reason: dropped }]);

    await until(() => receiver.received.length > 0, 'the first event');
    release();
    const delivered = (await Promise.all(deliveries)).filter((each) => each.delivered);
    expect(delivered).toHaveLength(1_000);
    expect(await userLoggedIn(ada)).toEqual({ delivered: true });
  }, 60_000);
});
