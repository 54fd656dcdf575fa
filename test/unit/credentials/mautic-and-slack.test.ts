import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { LifecycleMauticApi } from '../../../credentials/LifecycleMauticApi.credentials';
import { LifecycleSlackApi } from '../../../credentials/LifecycleSlackApi.credentials';
import { MAUTIC_PASSWORD, MAUTIC_USERNAME, SLACK_WEBHOOK_PATH } from '../../../sandbox/identities';
import { MauticDouble } from '../../../sandbox/mautic';
import { SlackDouble } from '../../../sandbox/slack';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const statusOf = (rules: LifecycleMauticApi['test']['rules'], status: number) =>
  rules?.flatMap((rule) =>
    rule.type === 'responseCode' && rule.properties.value === status ? rule.properties.message : [],
  )[0];

describe('the credential for Mautic', () => {
  const credential = new LifecycleMauticApi();
  let mautic: TestSandbox;

  beforeAll(async () => {
    mautic = await startTestSandbox('mautic', MauticDouble);
  });
  beforeEach(() => mautic.reset());
  afterAll(() => mautic.close());

  /** The status that the credential's own test gets. */
  async function test(password = MAUTIC_PASSWORD): Promise<number> {
    const { url = '', qs } = credential.test.request;
    const options = { url: `${mautic.url}${url}`, qs: qs ?? {} };
    const authenticated = await credential.authenticate({ username: MAUTIC_USERNAME, password }, options);
    const { status } = await axios.get(authenticated.url, {
      params: authenticated.qs,
      validateStatus: () => true,
      ...(authenticated.auth && { auth: authenticated.auth }),
    });
    return status;
  }

  it('is let in with the right password', async () => {
    expect(await test()).toBe(200);
  });

  it('works with a password beyond ASCII', async () => {
    const { auth } = await credential.authenticate(
      { username: 'n8n', password: 'pässwörd' },
      { url: mautic.url },
    );
    expect(auth).toEqual({ username: 'n8n', password: 'pässwörd' });
  });

  it.each([
    ['a wrong password', () => test('wrong'), /user name and password/],
    [
      'the API switched off',
      async () => {
        await mautic.act('disableApi', { disabled: true });
        return test();
      },
      /"API enabled"/,
    ],
    [
      'Basic authentication switched off',
      async () => {
        await mautic.act('disableBasicAuth', { disabled: true });
        return test();
      },
      /"Enable HTTP basic auth"/,
    ],
    [
      'a role without the right',
      async () => {
        await mautic.act('denyPermissions', { denied: ['lead:leads:view'] });
        return test();
      },
      /may not view contacts/,
    ],
  ])('says what to do about %s', async (_, attempt, message) => {
    expect(statusOf(credential.test.rules, await attempt())).toMatch(message);
  });
});

describe('the credential for Slack', () => {
  const credential = new LifecycleSlackApi();
  let slack: TestSandbox;

  beforeAll(async () => {
    slack = await startTestSandbox('slack', SlackDouble);
  });
  beforeEach(() => slack.reset());
  afterAll(() => slack.close());

  /** n8n's HTTP Request node hands over its address as `uri`. */
  const post = async (webhookUrl: string, body: unknown) => {
    const options = { url: '', uri: 'https://hooks.slack.com/services' };
    const { url } = await credential.authenticate({ webhookUrl }, options);
    return axios.post(url, body, { validateStatus: () => true });
  };

  it("takes the place of the node's own address", async () => {
    const { status } = await post(` ${slack.url}${SLACK_WEBHOOK_PATH} `, { text: 'A workflow failed.' });
    expect(status).toBe(200);
    expect(await slack.state()).toMatchObject({ messages: [{ text: 'A workflow failed.' }] });
  });

  it('leaves the options it was given alone, so that no secret gets into what n8n shows of them', async () => {
    const options = { url: '', uri: 'https://hooks.slack.com/services', body: {} };
    await credential.authenticate({ webhookUrl: 'https://hooks.slack.com/services/T/B/x' }, options);
    expect(options).toEqual({ url: '', uri: 'https://hooks.slack.com/services', body: {} });
  });

  it('has a test that posts nothing, and knows a webhook that does not exist', async () => {
    const { body, ignoreHttpStatusErrors } = credential.test.request;
    const good = await post(`${slack.url}${SLACK_WEBHOOK_PATH}`, body);
    const bad = await post(`${slack.url}/services/T/B/other`, body);
    expect(await slack.state()).toEqual({ messages: [] });
    const refused = typeof ignoreHttpStatusErrors === 'object' ? (ignoreHttpStatusErrors.except ?? []) : [];
    expect(refused).not.toContain(good.status);
    expect(refused).toContain(bad.status);
    expect(statusOf(credential.test.rules, bad.status)).toMatch(/does not know this webhook/);
  });
});
