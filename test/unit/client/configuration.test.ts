import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LifecycleClient, LifecycleClientOptions, LifecycleProblem } from '../../../client';
import { Receiver, TOKEN } from './receiver';

const ada = { email: 'ada@example.com' };
const before = process.env;

let receiver: Receiver;
let warn: ReturnType<typeof spyOnWarnings>;

const spyOnWarnings = () => jest.spyOn(console, 'warn').mockReturnValue();

beforeAll(async () => {
  receiver = await Receiver.start();
});
beforeEach(() => {
  process.env = { NODE_ENV: 'development' };
  warn = spyOnWarnings();
});
afterEach(() => {
  receiver.reset();
  process.env = before;
  jest.restoreAllMocks();
});
afterAll(async () => {
  await receiver.down();
});

/** Of a fresh copy of the module, which has not warned of anything yet. */
function newClient(options?: LifecycleClientOptions): LifecycleClient {
  jest.resetModules();
  const { createLifecycleClient } = jest.requireActual<typeof import('../../../client')>('../../../client');
  return createLifecycleClient(options);
}

const notConfigured = (reason: string) => ({ delivered: false, reason: `not configured: ${reason}` });

describe('the environment', () => {
  it('is used for what the options leave out', async () => {
    Object.assign(process.env, {
      LIFECYCLE_WEBHOOK_URL: receiver.url,
      LIFECYCLE_WEBHOOK_TOKEN: `${TOKEN}\n`,
    });
    expect(await newClient().userLoggedIn(ada)).toEqual({ delivered: true });
    expect(await newClient({ token: 'another' }).userLoggedIn(ada)).toEqual({ delivered: true });
    expect(receiver.received.map(({ headers }) => headers['authorization'])).toEqual([
      `Bearer ${TOKEN}`,
      'Bearer another',
    ]);
  });

  it('may be filled in after the client was made', async () => {
    const client = newClient();
    expect(await client.userLoggedIn(ada)).toMatchObject({ delivered: false });
    Object.assign(process.env, { LIFECYCLE_WEBHOOK_URL: receiver.url, LIFECYCLE_WEBHOOK_TOKEN: TOKEN });
    expect(await client.userLoggedIn(ada)).toEqual({ delivered: true });
  });

  it('speaks the form of Windmill to what Windmill’s variables name', async () => {
    const { origin } = new URL(receiver.url);
    Object.assign(process.env, { WINDMILL_WEBHOOK_URL: origin, WINDMILL_API_TOKEN: TOKEN });
    await newClient().userLoggedIn(ada);
    expect(receiver.received[0]?.path).toMatch(
      /^\/api\/w\/main\/jobs\/run\/p\/f\/lifecycle\/user_logged_in\?job_id=/,
    );
    expect(receiver.received[0]?.headers['authorization']).toBe(`Bearer ${TOKEN}`);
  });

  it('prefers our own variables to Windmill’s, and mixes neither', async () => {
    Object.assign(process.env, {
      LIFECYCLE_WEBHOOK_URL: receiver.url,
      WINDMILL_WEBHOOK_URL: 'http://127.0.0.1:1',
      WINDMILL_API_TOKEN: TOKEN,
    });
    expect(await newClient().userLoggedIn(ada)).toEqual(
      notConfigured('token (LIFECYCLE_WEBHOOK_TOKEN) is missing'),
    );
    process.env['LIFECYCLE_WEBHOOK_TOKEN'] = TOKEN;
    await newClient().userLoggedIn(ada);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/webhook/app/lifecycle']);
  });
});

describe('without a configuration', () => {
  const missing = 'url (LIFECYCLE_WEBHOOK_URL) and token (LIFECYCLE_WEBHOOK_TOKEN) is missing';

  it('nothing is sent, and developers are told once', async () => {
    const problems: LifecycleProblem[] = [];
    const client = newClient({ onError: (problem) => void problems.push(problem) });
    expect(warn).not.toHaveBeenCalled();
    expect(await client.userLoggedIn(ada)).toEqual(notConfigured(missing));
    expect(await client.customEvent({ ...ada, name: 'x' })).toEqual(notConfigured(missing));
    expect(warn.mock.calls).toEqual([[`Lifecycle events are not sent; not configured: ${missing}.`]]);
    expect(problems).toEqual([]);
  });

  it('a second client does not repeat it', async () => {
    await newClient().userLoggedIn(ada);
    const { createLifecycleClient } = jest.requireActual<typeof import('../../../client')>('../../../client');
    await createLifecycleClient().userLoggedIn(ada);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('production is silent', async () => {
    process.env['NODE_ENV'] = 'production';
    expect(await newClient().userLoggedIn(ada)).toEqual(notConfigured(missing));
    expect(warn).not.toHaveBeenCalled();
  });

  it('blanks are none', async () => {
    process.env['LIFECYCLE_WEBHOOK_URL'] = '  ';
    expect(await newClient({ url: '', token: ' ' }).userLoggedIn(ada)).toEqual(notConfigured(missing));
  });
});

describe('an address or token', () => {
  it.each<[string, string, string]>([
    ['no address at all', 'n8n.example.com', 'the url is no address'],
    ['plain HTTP', 'http://n8n.example.com/webhook', 'the url has to begin with https://'],
    [
      'plain HTTP to what only looks like here',
      'http://127.example.com',
      'the url has to begin with https://',
    ],
    ['another protocol', 'ftp://localhost/x', 'the url has to begin with https://'],
    ['a user and password', 'https://me:secret@example.com', 'the url may not hold a user and password'],
  ])('is refused: %s', async (_case, url, reason) => {
    const delivery = await newClient({ url, token: TOKEN }).userLoggedIn(ada);
    expect(delivery).toMatchObject({ delivered: false, reason: expect.stringContaining(reason) });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(warn.mock.calls)).not.toMatch(/secret|example\.com/);
  });

  it.each(['localhost', 'n8n.localhost', '127.0.0.1', '[::1]'])('is accepted: http://%s', async (host) => {
    const url = new URL(receiver.url);
    url.hostname = host;
    const { reason } = {
      reason: '',
      ...(await newClient({ url: url.href, token: TOKEN }).userLoggedIn(ada)),
    };
    expect(reason).not.toMatch(/not configured/);
  });

  it('is refused: a token that breaks the header; and it is not quoted', async () => {
    const token = 'secret\nX-Other: 1';
    expect(await newClient({ url: receiver.url, token }).userLoggedIn(ada)).toEqual(
      notConfigured('the token holds characters that an HTTP header cannot carry'),
    );
    expect(JSON.stringify(warn.mock.calls)).not.toMatch(/secret/);
    expect(receiver.received).toEqual([]);
  });
});
