import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { LifecycleWindmillApi } from '../../../credentials/LifecycleWindmillApi.credentials';
import { WINDMILL_BEARER, WINDMILL_WEBHOOK_BEARER, WINDMILL_WORKSPACE } from '../../../sandbox/identities';
import { WindmillDouble } from '../../../sandbox/windmill';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

describe('the credential for Windmill', () => {
  const credential = new LifecycleWindmillApi();
  const { request, rules } = credential.test;
  let windmill: TestSandbox;

  beforeAll(async () => {
    windmill = await startTestSandbox('windmill', WindmillDouble);
  });
  beforeEach(async () => {
    await windmill.reset();
    await windmill.fail();
    await windmill.forgetRequests();
  });
  afterAll(() => windmill.close());

  /** Presses the Test button; gives `passed`, or what it tells the admin. */
  async function press({ token = WINDMILL_BEARER, workspace = WINDMILL_WORKSPACE, below = '' } = {}) {
    expect(request).toMatchObject({
      baseURL: '={{ $credentials.url.trim().replace(/\\/+$/, "") }}/api',
      url: '=/w/{{ encodeURIComponent($credentials.workspace.trim()) }}/users/whoami',
    });
    const url = `${windmill.url}${below}/api/w/${workspace}/users/whoami`;
    const { headers } = await credential.authenticate({ token }, { url });
    const { status } = await axios.get(url, {
      headers: headers as Record<string, string>,
      validateStatus: () => true,
      maxRedirects: 0,
    });
    const { ignore = false, except = [] } = Object(request.ignoreHttpStatusErrors);
    if (status === 200 || (ignore && !except.includes(status))) return 'passed';
    const told = rules?.flatMap((rule) =>
      rule.type === 'responseCode' && rule.properties.value === status ? rule.properties.message : [],
    );
    return told?.[0] ?? `HTTP ${status}`;
  }

  it("passes with a user's token", async () => {
    expect(await press()).toBe('passed');
    expect(await press({ token: ` ${WINDMILL_BEARER}\n` })).toBe('passed');
  });

  it('passes with a token that was made for the webhook of one script', async () => {
    expect(await press({ token: WINDMILL_WEBHOOK_BEARER })).toBe('passed');
    expect(await windmill.requests()).toMatchObject([{ status: 403 }]);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['a token that is unknown', () => press({ token: 'wrong' }), /does not know this token/],
    ['a workspace that its user is not in', () => press({ workspace: 'staging' }), /ID of the workspace/],
    ['an address that is not the one of the site', () => press({ below: '/api' }), /Leave out "\/api"/],
    [
      'a token that was deleted, also one for a webhook',
      async () => {
        await windmill.act('rejectTokens');
        return press({ token: WINDMILL_WEBHOOK_BEARER });
      },
      /has not expired/,
    ],
    [
      'another address',
      async () => {
        await windmill.fail({ status: 301 });
        return press();
      },
      /one it uses itself/,
    ],
    [
      'an outage',
      async () => {
        await windmill.fail({ status: 502 });
        return press();
      },
      /HTTP 502/,
    ],
  ])('says what to do about %s', async (_, attempt, message) => {
    expect(await attempt()).toMatch(message);
  });

  it('follows nobody to another address with the token', () => {
    expect(request.disableFollowRedirect).toBe(true);
  });

  it('leaves the options it was given alone, so that no token gets into what n8n shows of them', async () => {
    const options = { url: windmill.url, headers: {} };
    await credential.authenticate({ token: 'token' }, options);
    expect(options).toEqual({ url: windmill.url, headers: {} });
  });
});
