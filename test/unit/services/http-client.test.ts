import { describe, expect, it } from '@jest/globals';
import {
  ServiceClient,
  ServiceError,
  type HttpRequestOptions,
  type HttpResponse,
} from '../../../services/http';

const LOOK_UP = { action: 'look up the shop', method: 'GET', path: '/shop' } as const;
const CREATE = { action: 'create the code', method: 'POST', path: '/code', body: { code: 'A' } } as const;

/** In the shape of Discord's. */
const BOT_TOKEN = ['MTIzNDU2Nzg5MDEyMzQ1Njc4', 'GabcDE', 'x'.repeat(38)].join('.');

describe('a call', () => {
  it('gives the answer, and says where and what it asked', async () => {
    const { call, sent } = client([answer(200, { name: 'Shop' })]);
    expect((await call(LOOK_UP)).body).toEqual({ name: 'Shop' });
    expect(sent).toEqual([expect.objectContaining({ method: 'GET', url: 'https://shop.example/shop' })]);
  });

  it('sends a form as a form, with a list as a repeated key', async () => {
    const { call, sent } = client([answer(200)]);
    const form = { url: 'https://n8n.example/?a=b&c', 'events[]': ['a', 'b'] };
    await call({ action: 'create the webhook', method: 'POST', path: '/webhooks', form });
    expect(sent).toEqual([
      expect.objectContaining({
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'url=https%3A%2F%2Fn8n.example%2F%3Fa%3Db%26c&events%5B%5D=a&events%5B%5D=b',
      }),
    ]);
  });

  it('takes an expected status for an answer', async () => {
    const { call } = client([answer(404)]);
    expect((await call({ ...LOOK_UP, expect: [404] })).status).toBe(404);
  });

  it.each([
    ['a server error', answer(502)],
    ['no answer', refused()],
    ['a rate limit', answer(429)],
  ])('that may be repeated is repeated after %s', async (_case, first) => {
    const { call, sent } = client([first, answer(200)]);
    expect((await call(LOOK_UP)).status).toBe(200);
    expect(sent).toHaveLength(2);
  });

  it.each([
    ['a server error', answer(502)],
    ['no answer', refused()],
  ])('that must not be repeated is not, after %s', async (_case, first) => {
    const { call, sent } = client([first, answer(200)]);
    await expect(call(CREATE)).rejects.toMatchObject({ retryable: true });
    expect(sent).toHaveLength(1);
  });

  it('is always repeated after a rate limit, which was refused before anything happened', async () => {
    const { call, waits } = client([answer(429, {}, { 'retry-after': '2' }), answer(200)]);
    await call(CREATE);
    expect(waits).toEqual([2_000]);
  });

  it('waits as long as the body of a rate limit says, in fractions of seconds', async () => {
    const { call, waits } = client([answer(429, { retry_after: 0.75 }), answer(200)]);
    await call(LOOK_UP);
    expect(waits).toEqual([750]);
  });

  it('is left to a later try when the server asks for too much patience', async () => {
    const { call, sent, waits } = client([answer(429, {}, { 'retry-after': '60' }), answer(200)]);
    await expect(call(LOOK_UP)).rejects.toMatchObject({ retryable: true, status: 429 });
    expect(sent).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  it('that its sender decides not to send fails as the sender says, and is not repeated', async () => {
    let times = 0;
    const held = new ServiceError('Shop', 'Held back.', true);
    const service = new ServiceClient({
      service: 'Shop',
      url: 'https://shop.example',
      request: () => {
        times += 1;
        return Promise.reject(held);
      },
      describe: () => undefined,
    });
    await expect(service.call(LOOK_UP)).rejects.toBe(held);
    expect(times).toBe(1);
  });

  it('is given up after three tries', async () => {
    const { call, sent } = client([answer(500), answer(500), answer(500), answer(200)]);
    await expect(call(LOOK_UP)).rejects.toBeInstanceOf(ServiceError);
    expect(sent).toHaveLength(3);
  });
});

describe('its failure', () => {
  it('names the service, what was tried, what came back and what to do', async () => {
    const { call } = client([answer(401, { message: 'bad\n  key' })]);
    await expect(call(CREATE)).rejects.toMatchObject({
      message: 'Shop could not create the code: it answered 401: "bad key". Check the key in the credential.',
      service: 'Shop',
      status: 401,
      retryable: false,
    });
  });

  it("gives the call's own advice before the service's", async () => {
    const advice = { 401: 'Let the key create codes.' };
    const { call } = client([answer(401), answer(401)]);
    await expect(call({ ...CREATE, advice })).rejects.toThrow(/answered 401\. Let the key create codes\.$/);
    await expect(call(CREATE)).rejects.toThrow(/answered 401\. Check the key in the credential\.$/);
  });

  it('without an answer names the host and the reason, and no more of the address', async () => {
    const { call } = client([refused()]);
    await expect(call(CREATE)).rejects.toThrow(/no answer from shop\.example \(ECONNREFUSED\)/);
    await expect(client([refused()]).call(CREATE)).rejects.not.toThrow(/hidden/);
  });

  it.each(['shop.example', 'user:hidden@shop.example', 'localhost:8080', 'ftp://shop.example', ''])(
    'of an address that is none (%p) says where to enter it, and is not retried',
    async (url) => {
      const service = new ServiceClient({
        service: 'Shop',
        url,
        request: () => Promise.reject(new TypeError('Invalid URL')),
        describe: () => undefined,
      });
      const failure = await service.call(LOOK_UP).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        retryable: false,
        message: expect.stringMatching(/^Shop could not look up the shop: .*credential.*https:\/\//),
      });
      expect(String(failure)).not.toContain('hidden');
    },
  );

  it.each([
    ['sk_test_51H8abcdefg', 'No such key: sk_test_51H8abcdefg'],
    ['eyJhbGciOi.J9', 'Authorization was Bearer eyJhbGciOi.J9'],
    ['user:hidden', 'could not reach https://user:hidden@shop.example/'],
    ['den@shop', 'could not reach https://user:hid@den@shop.example/'],
    ['0123456789abcdef0123456789abcdef', 'X-Api-Key: 0123456789abcdef0123456789abcdef'],
    ['0123456789abcdef', '{"api_key":"0123456789abcdef"}'],
    [BOT_TOKEN, `Bot ${BOT_TOKEN} was refused`],
    [BOT_TOKEN, `unknown: ${BOT_TOKEN}`],
  ])('does not repeat the secret %s', async (secret, message) => {
    const { call } = client([answer(400, { message })]);
    const failure = await call(CREATE).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/\[secret\]/);
    expect(String(failure)).not.toContain(secret);
  });

  it.each([
    'Basic Auth disabled',
    'basic authentication.',
    'The bearer token is missing',
    're-validate the sk-learn promotion',
    "Duplicate entry for key 'uniq_code'",
    'The access token is missing',
    'password: This value should not be blank.',
    'There is no promotion 0123456789abcdef0123456789abcdef at https://shop.example/a@b',
  ])('repeats plain words: %s', async (message) => {
    const { call } = client([answer(400, { message })]);
    await expect(call(CREATE)).rejects.toThrow(`"${message}"`);
  });
});

function client(answers: ReadonlyArray<HttpResponse | Error>) {
  const sent: HttpRequestOptions[] = [];
  const waits: number[] = [];
  const service = new ServiceClient({
    service: 'Shop',
    url: 'https://shop.example',
    request: async (options) => {
      sent.push(options);
      const next = answers[sent.length - 1];
      if (next === undefined) throw new Error('unexpected call');
      if (next instanceof Error) throw next;
      return next;
    },
    describe: (body) =>
      typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : undefined,
    advice: { 401: 'Check the key in the credential.' },
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
    },
  });
  return { call: service.call.bind(service), sent, waits };
}

function answer(status: number, body: object = {}, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body };
}

function refused(): Error {
  return Object.assign(new Error('connect to https://user:hidden@shop.example'), { code: 'ECONNREFUSED' });
}
