import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import type { IHttpRequestOptions } from 'n8n-workflow';
import { LifecycleTwentyApi } from '../../../credentials/LifecycleTwentyApi.credentials';
import { TWENTY_KEY } from '../../../sandbox/identities';
import { TwentyDouble } from '../../../sandbox/twenty';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const credential = new LifecycleTwentyApi();
let twenty: TestSandbox;

beforeAll(async () => {
  twenty = await startTestSandbox('twenty', TwentyDouble);
});
beforeEach(() => twenty.reset());
afterAll(() => twenty.close());

/** Presses the credential's Test button; gives what it tells the admin, `undefined` when all is well. */
async function press(url = twenty.url, apiKey = TWENTY_KEY): Promise<string | undefined> {
  const { request, rules } = credential.test;
  const options = { baseURL: `${url}/rest`, url: request.url ?? '', qs: request.qs };
  const { headers, qs } = await credential.authenticate({ url, apiKey }, options);
  const { status } = await axios.get(`${url}/rest${request.url}`, {
    params: qs,
    headers: headers as Record<string, string>,
    validateStatus: () => true,
    maxRedirects: 0,
  });
  return rules?.flatMap((rule) =>
    rule.type === 'responseCode' && rule.properties.value === status ? rule.properties.message : [],
  )[0];
}

describe("the Twenty credential's test", () => {
  it('is passed with the right key, in one small call', async () => {
    expect(await press()).toBeUndefined();
    expect(await twenty.requests()).toMatchObject([
      { method: 'GET', path: '/rest/people', query: { limit: '1', depth: '0' }, status: 200 },
    ]);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['another key', () => twenty.act('rejectKey'), /does not accept the API key/],
    ['the rate limit', () => twenty.act('useUpLimit'), /rate limit/],
    ['a missing right', () => twenty.fail({ status: 403 }), /may not see people/],
    ['another address', () => twenty.fail({ status: 301, headers: { location: '/' } }), /often https/],
  ])('says what to do about %s', async (_, arrange, message) => {
    await arrange();
    expect(await press()).toMatch(message);
  });

  it.each(['/rest', '/somewhere'])('knows an address that is not the one of the site (%s)', async (path) => {
    expect(await press(`${twenty.url}${path}`)).toMatch(/"\/rest"/);
  });

  it('follows nobody to another address', () => {
    expect(credential.test.request.disableFollowRedirect).toBe(true);
  });
});

describe('the Twenty credential', () => {
  it('adds the key, pasted with blanks or not, and leaves the options it was given alone', async () => {
    const options: IHttpRequestOptions = {
      url: 'https://crm.example.com/rest/people',
      headers: { accept: '*/*' },
    };
    const { headers } = await credential.authenticate({ apiKey: ' a-key\n' }, options);
    expect(headers).toEqual({ accept: '*/*', Authorization: 'Bearer a-key' });
    expect(options.headers).toEqual({ accept: '*/*' });
  });
});
