import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createLifecycleClient,
  lifecycle,
  type LifecycleClient,
  type LifecycleProblem,
} from '../../../client';
import { useStore } from '../../support/store';
import { until } from '../../support/until';
import { Receiver, TOKEN, UP, type Behaviour } from './receiver';

interface Answer {
  status: number;
  body: { user?: { id: string; email: string }; [field: string]: unknown };
}

const PASSWORD = 'correct horse battery staple';

let receiver: Receiver;
let app: ChildProcess;
let origin: string;

// Before the database's own end, which would end the application with an error.
afterAll(async () => {
  app.kill();
  if (app.exitCode === null && app.signalCode === null) await once(app, 'exit');
  await receiver.down();
});

const database = useStore();

beforeAll(async () => {
  receiver = await Receiver.start();
  app = fork(path.join(__dirname, 'better-auth-app.ts'), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: database.url(),
      LIFECYCLE_WEBHOOK_URL: receiver.url,
      LIFECYCLE_WEBHOOK_TOKEN: TOKEN,
      CLIENT_TIMEOUT: '500',
    },
  });
  const [{ port }] = (await once(app, 'message')) as [{ port: number }];
  origin = `http://127.0.0.1:${port}`;
}, 60_000);

afterEach(async () => {
  await settled();
  receiver.reset();
});

async function post(endpoint: string, body: object): Promise<Answer> {
  const response = await fetch(`${origin}/api/auth/${endpoint}`, {
    method: 'POST',
    // As a browser on the application's page sends it.
    headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? (JSON.parse(text) as Answer['body']) : {} };
}

/** Waits until the application has seen its background work through; gives how many pieces of it there were. */
async function settled(): Promise<number> {
  return Number(await (await fetch(`${origin}/settled`)).text());
}

const signUp = (email: string, more: object = {}) =>
  post('sign-up/email', { email, name: 'Ada Lovelace', password: PASSWORD, ...more });
const signIn = (email: string) => post('sign-in/email', { email, password: PASSWORD });

/** Type and user of every event that came in, each once. */
function events(): string[] {
  const distinct = new Map(receiver.received.map(({ body }) => [body.id, body]));
  return [...distinct.values()].map(({ type, data }) => `${type} ${Object(data).email}`).sort();
}

const lifeOf = (email: string) => [
  `user.loggedIn ${email}`,
  `user.loggedIn ${email}`,
  `user.registered ${email}`,
];

describe('with Better Auth, while events', () => {
  it.each<[string, Behaviour, number]>([
    ['are taken in', UP, 3],
    ['are answered too late or never', 'silent', 9],
    ['are answered 500', { status: 500 }, 9],
    ['are answered 401', { status: 401 }, 3],
    ['are answered 422', { status: 422 }, 3],
    ['are cut off', 'cut', 9],
    ['get the head of an answer and no more', { headOnly: 200 }, 3],
  ])('%s, people sign up and sign in', async (state, behaviour, requests) => {
    const email = `${state.replaceAll(' ', '-')}@example.com`;
    receiver.behave(behaviour);
    expect(await signUp(email)).toMatchObject({ status: 200, body: { user: { email } } });
    expect(await signIn(email)).toMatchObject({ status: 200, body: { user: { email } } });
    expect(await settled()).toBe(3);
    expect(events()).toEqual(lifeOf(email));
    expect(receiver.received).toHaveLength(requests);
  });

  it('are not awaited, people are let in', async () => {
    const email = 'patient@example.com';
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    receiver.behave(async () => {
      await released;
      return UP;
    });
    const { status } = await signUp(email);
    expect(status).toBe(200);
    await until(() => receiver.pending === 2, 'both events to be waiting for their answer');
    release();
    await settled();
    expect(events()).toEqual(lifeOf(email).slice(1));
  });

  it('are refused a connection, people sign up and sign in', async () => {
    await receiver.down();
    try {
      expect(await signUp('down@example.com')).toMatchObject({ status: 200 });
      expect(await signIn('down@example.com')).toMatchObject({ status: 200 });
      expect(await settled()).toBe(3);
    } finally {
      await receiver.up();
    }
    expect(receiver.received).toEqual([]);
  });

  it('come when the receiver is back within the tries', async () => {
    receiver.behave({ status: 503 }, { status: 503 }, UP);
    await signUp('back@example.com');
    await settled();
    expect(events()).toEqual(lifeOf('back@example.com').slice(1));
    expect(receiver.received).toHaveLength(4);
  });
});

describe('what Better Auth reports', () => {
  it('is what the application says about the user, under ids of its own', async () => {
    const { body } = await signUp('Pro-Ada@Example.com', { newsletter: true, campaign: 'kickstarter' });
    await settled();
    const [registered, loggedIn] = ['user.registered', 'user.loggedIn'].map(
      (type) => receiver.received.find((each) => each.body.type === type)?.body,
    );
    expect(registered).toEqual({
      id: `user.registered:${body.user?.id}`,
      type: 'user.registered',
      timestamp: new Date(String(Object(body.user).createdAt)).toISOString(),
      data: {
        email: 'pro-ada@example.com',
        name: 'Ada Lovelace',
        plan: 'pro',
        source: 'kickstarter',
        marketingConsent: true,
      },
    });
    expect(loggedIn).toMatchObject({
      id: expect.stringMatching(/^user\.loggedIn:\w+$/),
      data: { email: 'pro-ada@example.com' },
    });
  });

  it('is nothing when nobody signed up or in', async () => {
    await signUp('taken@example.com');
    await settled();
    receiver.reset();
    expect((await signUp('taken@example.com')).status).toBe(422);
    expect((await post('sign-in/email', { email: 'taken@example.com', password: 'wrong' })).status).toBe(401);
    await settled();
    expect(receiver.received).toEqual([]);
  });

  it('is nothing when the sign-up is rolled back', async () => {
    expect((await signUp('nobody@example.com', { name: 'Nobody' })).status).toBeGreaterThanOrEqual(400);
    await settled();
    expect(receiver.received).toEqual([]);
    expect((await signUp('nobody@example.com')).status).toBe(200);
    await settled();
    expect(events()).toEqual(lifeOf('nobody@example.com').slice(1));
  });
});

describe('the plugin', () => {
  const user = { id: '7', email: 'ada@example.com', name: null, createdAt: new Date(0) };
  const session = { id: 's1', userId: '7', createdAt: new Date(0) };
  const context = { internalAdapter: { findUserById: async () => user } };
  const client = (over: Partial<LifecycleClient>) => over as LifecycleClient;

  function hooksOf(options: Parameters<typeof lifecycle>[0]) {
    return lifecycle(options).init(context).options.databaseHooks;
  }

  it('reports outside a request as well, and without a handler for background work', async () => {
    const calls: unknown[] = [];
    const record = async (...given: unknown[]) => {
      calls.push(structuredClone(given));
      return { delivered: true } as const;
    };
    const hooks = hooksOf({ client: client({ userRegistered: record, userLoggedIn: record }) });
    await hooks.user.create.after(user, null);
    await hooks.session.create.after(session, null);
    await until(() => calls.length === 2, 'both calls');
    expect(calls).toEqual([
      [
        { email: user.email, name: null, plan: 'free', source: undefined, marketingConsent: undefined },
        { id: 'user.registered:7', timestamp: user.createdAt },
      ],
      [{ email: user.email }, { id: 'user.loggedIn:s1', timestamp: session.createdAt }],
    ]);
  });

  it('tells the time zone that the user has, of new users and at each sign-in', async () => {
    const zones: unknown[] = [];
    const record = async ({ timeZone }: { timeZone?: unknown }) => {
      zones.push(timeZone);
      return { delivered: true } as const;
    };
    const hooks = hooksOf({
      client: client({ userRegistered: record, userLoggedIn: record }),
      timeZone: ({ email }) => (email === user.email ? 'Europe/Berlin' : undefined),
    });
    await hooks.user.create.after(user, null);
    await hooks.session.create.after(session, null);
    await until(() => zones.length === 2, 'both calls');
    expect(zones).toEqual(['Europe/Berlin', 'Europe/Berlin']);
  });

  it('does not take an admin who impersonates a user for the user', async () => {
    const lookedUp: string[] = [];
    const findUserById = async (id: string) => {
      lookedUp.push(id);
      return user;
    };
    const { session: hooks } = lifecycle().init({ internalAdapter: { findUserById } }).options.databaseHooks;
    await hooks.create.after({ ...session, impersonatedBy: 'admin' }, null);
    expect(lookedUp).toEqual([]);
  });

  it.each<[string, Parameters<typeof lifecycle>[0]]>([
    ['a client', { client: client({ userRegistered: fail, userLoggedIn: fail }) }],
    ['a client, later', { client: client({ userRegistered: reject, userLoggedIn: reject }) }],
  ])('lets nobody wait or fail over %s that throws', async (_case, options) => {
    const hooks = hooksOf(options);
    const refusing = { context: { ...context, runInBackground: fail } };
    await expect(hooks.user.create.after(user, refusing)).resolves.toBeUndefined();
    await expect(hooks.session.create.after(session, refusing)).resolves.toBeUndefined();
  });

  it('tells the client of a mapping that throws', async () => {
    const problems: LifecycleProblem[] = [];
    const onError = (problem: LifecycleProblem) => void problems.push(problem);
    const hooks = hooksOf({
      client: createLifecycleClient({ url: receiver.url, token: TOKEN, onError }),
      marketingConsent: fail,
    });
    await expect(hooks.user.create.after(user, null)).resolves.toBeUndefined();
    expect(problems).toEqual([{ type: 'user.registered', reason: 'the event cannot be sent: broken' }]);
    expect(receiver.received).toEqual([]);
  });

  it('survives a database that does not find the user', async () => {
    const findUserById = async () => reject();
    const { session: hooks } = lifecycle().init({ internalAdapter: { findUserById } }).options.databaseHooks;
    await expect(hooks.create.after(session, null)).resolves.toBeUndefined();
  });

  function fail(): never {
    throw new Error('broken');
  }

  function reject(): Promise<never> {
    return Promise.reject(new Error('broken'));
  }
});
