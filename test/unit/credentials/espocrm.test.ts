import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import type { ICredentialTestRequest, IHttpRequestOptions } from 'n8n-workflow';
import { LifecycleEspoCrmApi } from '../../../credentials/LifecycleEspoCrmApi.credentials';
import { LifecycleEspoCrmHmacApi } from '../../../credentials/LifecycleEspoCrmHmacApi.credentials';
import { EspoCrmDouble } from '../../../sandbox/espocrm';
import { ESPOCRM_HMAC_KEY, ESPOCRM_HMAC_SECRET, ESPOCRM_KEY } from '../../../sandbox/identities';
import { startHttpServer, type Answer, type TestServer } from '../../support/http-server';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const SITE = 'https://crm.example.com';
const KEYS = { apiKey: 'an-api-key', secretKey: 'a-secret-key' };

/** printf 'GET /App/user' | openssl dgst -sha256 -hmac a-secret-key; then `an-api-key:…` | base64 */
const SIGNED = {
  'GET /App/user':
    'YW4tYXBpLWtleToyNWQ4M2MzMGVmY2Q3YWMzM2E1NjhiNDk4ZDE3NTkzZjQ0NGY0YzE1MzM4OGRhMWE1ZDBjOWEzYmIzNGIxNWMw',
  'POST /Lead':
    'YW4tYXBpLWtleToxYmZlOTA1MDczOTNiOWFmZmUzMDg4MDE3OWFmMmFkMDk3MDcyNjg2ZjFiMzRlNWQ2ZWMyYTQwOTUxMGM2ZTRm',
  'GET /Lead/65a1':
    'YW4tYXBpLWtleTo5MGVjNDAyMTEyODU3MWNhODJjYWM0OGZlYzIwNzhmYzYxNTMyZTMwM2Q0MWY0N2ZiYzZmZDRlZGRmNjg3MTgx',
};

describe('the HMAC credential', () => {
  const credential = new LifecycleEspoCrmHmacApi();
  const signature = async (options: IHttpRequestOptions, url = SITE) => {
    const { headers } = await credential.authenticate({ url, ...KEYS }, options);
    return headers?.['X-Hmac-Authorization'];
  };

  it.each<[string, IHttpRequestOptions, string]>([
    ['an absolute address', { method: 'POST', url: `${SITE}/api/v1/Lead` }, SIGNED['POST /Lead']],
    ['GET, when no method is given', { url: `${SITE}/api/v1/Lead/65a1` }, SIGNED['GET /Lead/65a1']],
    [
      'an address below a base, as in the test of the credential',
      { baseURL: `${SITE}/api/v1`, url: '/App/user' },
      SIGNED['GET /App/user'],
    ],
    [
      'slashes on both sides',
      { baseURL: `${SITE}/api/v1/`, url: 'App/user', method: 'GET' },
      SIGNED['GET /App/user'],
    ],
    ['no query', { url: `${SITE}/api/v1/Lead/65a1?select=id#top` }, SIGNED['GET /Lead/65a1']],
  ])('signs method and path: %s', async (_, options, expected) => {
    expect(await signature(options)).toBe(expected);
  });

  it('signs what the HTTP Request node sends, which names its address otherwise', async () => {
    const options = { url: '', uri: `${SITE}/api/v1/Lead`, method: 'POST' as const };
    expect(await signature(options)).toBe(SIGNED['POST /Lead']);
  });

  it('signs the path below the API of an EspoCRM in a folder', async () => {
    const options = { url: 'https://example.com/api/v1/crm/api/v1/Lead/65a1' };
    expect(await signature(options, ' https://example.com/api/v1/crm/ ')).toBe(SIGNED['GET /Lead/65a1']);
  });

  it('takes keys that were pasted with blanks', async () => {
    const keys = { url: SITE, apiKey: ` ${KEYS.apiKey}`, secretKey: `${KEYS.secretKey}\n` };
    const options = { url: `${SITE}/api/v1/Lead/65a1` };
    const { headers } = await credential.authenticate(keys, options);
    expect(headers).toEqual({ 'X-Hmac-Authorization': SIGNED['GET /Lead/65a1'] });
  });
});

describe.each([
  ['API key', new LifecycleEspoCrmApi(), { apiKey: ESPOCRM_KEY }],
  ['HMAC', new LifecycleEspoCrmHmacApi(), { apiKey: ESPOCRM_HMAC_KEY, secretKey: ESPOCRM_HMAC_SECRET }],
])("the %s credential's test", (_, credential, keys) => {
  let espoCrm: TestSandbox;

  beforeAll(async () => {
    espoCrm = await startTestSandbox('espocrm', EspoCrmDouble);
  });
  beforeEach(() => espoCrm.reset());
  afterAll(() => espoCrm.close());

  it('is passed with the right key', async () => {
    expect(await press(credential, espoCrm.url, keys)).toBeUndefined();
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['another key', () => espoCrm.act('rejectCredentials'), /Check .* key/],
    ['a lock-out', () => espoCrm.act('lockOut'), /locks out their address for a minute/],
    ['maintenance', () => espoCrm.act('setMaintenance'), /maintenance/],
  ])('says what to do about %s', async (_case, arrange, message) => {
    await arrange();
    expect(await press(credential, espoCrm.url, keys)).toMatch(message);
  });

  it('knows an address that is not the one of the site', async () => {
    expect(await press(credential, `${espoCrm.url}/api/v1`, keys)).toMatch(/Leave out "\/api\/v1"/);
  });
});

describe.each([
  ['API key', new LifecycleEspoCrmApi(), { 'x-api-key': 'an-api-key' }],
  ['HMAC', new LifecycleEspoCrmHmacApi(), { 'x-hmac-authorization': SIGNED['GET /App/user'] }],
])('the %s credential', (_, credential, proof) => {
  let server: TestServer;
  let answer: Answer;

  beforeAll(async () => {
    server = await startHttpServer(() => answer);
  });
  beforeEach(() => {
    answer = {};
    server.requests.length = 0;
  });
  afterAll(() => server.close());

  it('asks who the user is, with its own header and no other credential', async () => {
    await press(credential, server.url, KEYS);
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/api/v1/App/user', headers: proof }]);
    expect(server.requests[0]?.headers).not.toHaveProperty('espo-authorization');
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('follows nobody to another address', async () => {
    answer = { status: 301, headers: { location: `${server.url}/elsewhere` } };
    expect(await press(credential, server.url, KEYS)).toMatch(/Site URL/);
    expect(credential.test.request.disableFollowRedirect).toBe(true);
  });

  it('leaves the options it was given alone, so that no secret gets into what n8n shows of them', async () => {
    const options = { url: `${SITE}/api/v1/Lead`, headers: { accept: '*/*' } };
    await credential.authenticate({ url: SITE, ...KEYS }, options);
    expect(options).toEqual({ url: `${SITE}/api/v1/Lead`, headers: { accept: '*/*' } });
  });
});

/** Presses the credential's Test button; gives what it tells the admin, `undefined` when all is well. */
async function press(
  credential: LifecycleEspoCrmApi | LifecycleEspoCrmHmacApi,
  url: string,
  keys: Record<string, string>,
): Promise<string | undefined> {
  const { request, rules } = credential.test;
  const options = { baseURL: `${url}/api/v1`, url: request.url ?? '' };
  const authenticated = await credential.authenticate({ url, ...keys }, options);
  const { status } = await axios.get(authenticated.url, {
    ...(authenticated.baseURL !== undefined && { baseURL: authenticated.baseURL }),
    headers: authenticated.headers as Record<string, string>,
    validateStatus: () => true,
    maxRedirects: 0,
  });
  return messageFor(rules, status);
}

function messageFor(rules: ICredentialTestRequest['rules'], status: number): string | undefined {
  return rules?.flatMap((rule) =>
    rule.type === 'responseCode' && rule.properties.value === status ? rule.properties.message : [],
  )[0];
}
