import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import type { IHttpRequestOptions } from 'n8n-workflow';
import { z } from 'zod/v4';
import { LifecycleResendApi } from '../../../credentials/LifecycleResendApi.credentials';
import { RESEND_KEY, RESEND_SENDING_KEY } from '../../../sandbox/identities';
import { ResendDouble } from '../../../sandbox/resend';
import { USER_AGENT } from '../../../services/resend/user-agent';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const credential = new LifecycleResendApi();
const ignored = z
  .object({ ignore: z.literal(true), except: z.array(z.int()) })
  .parse(credential.test.request.ignoreHttpStatusErrors);
let resend: TestSandbox;

beforeAll(async () => {
  resend = await startTestSandbox('resend', ResendDouble);
});
beforeEach(() => resend.reset());
afterAll(() => resend.close());

/**
 * Presses the credential's Test button; gives what it tells the admin, `undefined` when all is well. As n8n does, looks at
 * the status of an answer that counts as an error, and at the body of any other one.
 */
async function press(apiKey = RESEND_KEY, url = resend.url): Promise<string | undefined> {
  const { request, rules = [] } = credential.test;
  const { headers } = await credential.authenticate(
    { url, apiKey },
    { url: request.url ?? '', headers: request.headers ?? {} },
  );
  const { status, data } = await axios.get<unknown>(`${url}${request.url}`, {
    headers: headers as Record<string, string>,
    validateStatus: () => true,
    maxRedirects: 0,
  });
  const isError = ignored.except.includes(status);
  const messages = rules.flatMap((rule) => {
    if (rule.type === 'responseCode')
      return isError && rule.properties.value === status ? rule.properties.message : [];
    const { key, value, message } = rule.properties;
    return !isError && Object(data)[key] === value ? message : [];
  });
  return isError ? (messages[0] ?? `The answer was ${status}.`) : messages[0];
}

describe("the Resend credential's test", () => {
  it.each([RESEND_KEY, RESEND_SENDING_KEY, ` ${RESEND_KEY}\n`])('is passed with the key %j', async (key) => {
    expect(await press(key)).toBeUndefined();
    expect(await resend.calls()).toEqual(['GET /domains']);
  });

  it('tells of a key that Resend does not know', async () => {
    expect(await press('re_of_nobody')).toMatch(/does not know this API key/);
  });

  it.each<[string, number, string, RegExp]>([
    ['an unknown key, in its newest words', 401, 'validation_error', /does not know this API key/],
    ['an unknown key, in other words', 401, 'invalid_api_key', /does not know this API key/],
    ['no key', 401, 'missing_api_key', /does not know this API key/],
    ['a key that was suspended', 403, 'suspended_api_key', /suspended/],
    ['an address that is not the one of the API', 404, 'not_found', /no Resend API at this URL/],
    ['an address of something else', 405, 'method_not_allowed', /no Resend API at this URL/],
    ['the rate limit', 429, 'rate_limit_exceeded', /rate limit/],
    ['trouble at Resend', 500, 'internal_server_error', /500/],
  ])('tells of %s', async (_, status, name, message) => {
    await resend.fail({ status, body: { statusCode: status, name, message: 'no' } });
    expect(await press()).toMatch(message);
  });

  it.each([301, 308])(
    'tells the address that it is sent on from (%i), and follows nobody',
    async (status) => {
      await resend.fail({ status, headers: { location: '/' } });
      expect(await press()).toMatch(/https:\/\/api\.resend\.com/);
      expect(credential.test.request.disableFollowRedirect).toBe(true);
    },
  );
});

describe('the Resend credential', () => {
  it('adds the key and who calls, and leaves the options it was given alone', async () => {
    const options: IHttpRequestOptions = { url: 'https://api.resend.com/emails', headers: { accept: '*/*' } };
    const { headers } = await credential.authenticate({ apiKey: ' re_1\n' }, options);
    expect(headers).toEqual({ accept: '*/*', Authorization: 'Bearer re_1', 'User-Agent': USER_AGENT });
    expect(options.headers).toEqual({ accept: '*/*' });
  });

  it('needs an address and a key, and hides what is secret', () => {
    const named = (isMeant: (property: LifecycleResendApi['properties'][number]) => boolean) =>
      credential.properties.filter(isMeant).map(({ name }) => name);
    expect(named(({ required }) => required === true)).toEqual(['url', 'apiKey']);
    expect(named(({ typeOptions }) => typeOptions?.password === true)).toEqual(['apiKey', 'webhookSecrets']);
  });
});
