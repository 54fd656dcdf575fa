import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { LifecycleDiscordApi } from '../../../credentials/LifecycleDiscordApi.credentials';
import { DiscordDouble } from '../../../sandbox/discord';
import { DISCORD_BOT_SECRET, DISCORD_SERVER_ID } from '../../../sandbox/identities';
import { USER_AGENT } from '../../../services/discord';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

describe('the credential for Discord', () => {
  const credential = new LifecycleDiscordApi();
  let discord: TestSandbox;

  beforeAll(async () => {
    discord = await startTestSandbox('discord', DiscordDouble);
  });
  beforeEach(() => discord.reset());
  afterAll(() => discord.close());

  /** The status that the credential's own test gets. */
  async function test({ botToken = DISCORD_BOT_SECRET, serverId = DISCORD_SERVER_ID } = {}): Promise<number> {
    const path = String(credential.test.request.url).replace(/^=|\{\{.*\}\}/g, '');
    const options = {
      url: `${discord.url}${path}${serverId}`,
      headers: credential.test.request.headers ?? {},
    };
    const { url, headers } = await credential.authenticate({ botToken }, options);
    const answer = await axios.get(url, {
      headers: headers as Record<string, string>,
      validateStatus: () => true,
    });
    return answer.status;
  }

  const adviceOn = (status: number) =>
    credential.test.rules?.flatMap((rule) =>
      rule.type === 'responseCode' && rule.properties.value === status ? rule.properties.message : [],
    )[0];

  it('is let in with the token of a bot that is in the server', async () => {
    expect(await test()).toBe(200);
  });

  it.each([
    ['a token of nobody', () => test({ botToken: 'wrong' }), /does not know this bot token/],
    [
      'a server that does not exist',
      () => test({ serverId: '1100000000000000404' }),
      /no server with this ID/,
    ],
    ['an ID that is none', () => test({ serverId: 'my-server' }), /17 to 20 digits/],
    [
      'a bot that is not in the server',
      async () => {
        await discord.act('kickBot');
        return test();
      },
      /not in this server/,
    ],
  ])('says what to do about %s', async (_, attempt, message) => {
    expect(adviceOn(await attempt())).toMatch(message);
  });

  it('names the bot as Discord demands, also for callers that do not', async () => {
    expect(credential.test.request.headers).toEqual({ 'User-Agent': USER_AGENT });
    const { headers } = await credential.authenticate({ botToken: 'token' }, { url: discord.url });
    expect(headers).toEqual({ 'User-Agent': USER_AGENT, Authorization: 'Bot token' });
  });

  it('leaves the options it was given alone, so that no token gets into what n8n shows of them', async () => {
    const options = { url: discord.url, headers: {} };
    await credential.authenticate({ botToken: 'token' }, options);
    expect(options).toEqual({ url: discord.url, headers: {} });
  });
});
