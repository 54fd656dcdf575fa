import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DiscordDouble } from '../../sandbox/discord';
import {
  ADMIN_ROLE_ID,
  ANNOUNCEMENTS_ID,
  BOT_ROLE_ID,
  CATEGORY_ID,
  VIP_LOUNGE_ID,
  VIP_ROLE_ID,
  VOICE_ID,
  WELCOME_ID,
} from '../../sandbox/discord/fresh-state';
import { DISCORD_BOT_SECRET, DISCORD_SERVER_ID } from '../../sandbox/identities';
import { startSandboxUnderTest, type SandboxUnderTest } from '../support/sandbox-under-test';
import { validateLog } from './contract';
import { haveContracts } from './document';

const HEADERS = {
  authorization: `Bot ${DISCORD_BOT_SECRET}`,
  'user-agent': 'DiscordBot (https://lifecycle.example, 1.0)',
};
const UNKNOWN_ID = '1100000000000000999';
/** So that only the tests of the limits meet any. */
const NO_LIMITS = { inviteLimit: 1000, otherLimit: 1000, globalLimit: 1000 };

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await startSandboxUnderTest({ discord: DiscordDouble });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.call('POST', '/sandbox/reset');
  await act('setLimits', NO_LIMITS);
});

function act(action: string, input: object = {}): Promise<unknown> {
  return sandbox.act('discord', action, input);
}

/** Makes a call and gives the status, with Discord's own code when it refuses. */
async function call(method: string, path: string, body?: unknown, headers: object = {}): Promise<string> {
  const answer = await sandbox.call(method, `/discord${path}`, body, { ...HEADERS, ...headers });
  const { code } = Object(answer.body);
  return typeof code === 'number' ? `${answer.status} ${code}` : String(answer.status);
}

async function issue(body: object = {}, channel = WELCOME_ID): Promise<string> {
  const path = `/discord/channels/${channel}/invites`;
  const answer = await sandbox.call('POST', path, { max_uses: 1, unique: true, ...body }, HEADERS);
  expect(answer).toMatchObject({ status: 200 });
  return String(Object(answer.body).code);
}

describe('the Discord double, against Discord’s contract', () => {
  it('answers every operation as it should', async () => {
    for (const channel of [WELCOME_ID, VIP_LOUNGE_ID, ANNOUNCEMENTS_ID, VOICE_ID]) {
      await issue({}, channel);
      await issue({ max_age: 0, temporary: true, role_ids: [VIP_ROLE_ID] }, channel);
      await issue({ max_age: 604_800, max_uses: null, unique: null }, channel);
    }
    const code = await issue({ role_ids: [VIP_ROLE_ID], max_uses: 2 });
    await act('redeemInvite', { code });
    for (const path of [
      '/users/@me',
      `/guilds/${DISCORD_SERVER_ID}`,
      `/guilds/${DISCORD_SERVER_ID}?with_counts=true`,
      `/guilds/${DISCORD_SERVER_ID}/channels`,
      `/guilds/${DISCORD_SERVER_ID}/roles`,
      ...[CATEGORY_ID, WELCOME_ID, VIP_LOUNGE_ID, ANNOUNCEMENTS_ID, VOICE_ID].flatMap((id) => [
        `/channels/${id}`,
        `/channels/${id}/invites`,
      ]),
      `/invites/${code}`,
      `/invites/${code}?with_counts=true`,
    ]) {
      expect({ path, answer: await call('GET', path) }).toEqual({ path, answer: '200' });
    }
    expect(await call('DELETE', `/invites/${code}`)).toBe('200');
    const log = await sandbox.log();
    expect(log.length).toBeGreaterThan(30);
    expect(validateLog(log)).toEqual([]);
  });

  it('refuses as it should', async () => {
    const invites = `/channels/${WELCOME_ID}/invites`;
    const answers = [
      await call('GET', '/users/@me', undefined, { authorization: 'Bot wrong' }),
      await call('GET', '/users/@me', undefined, { 'user-agent': 'axios' }),
      await call('GET', `/guilds/${UNKNOWN_ID}`),
      await call('GET', `/channels/${UNKNOWN_ID}`),
      await call('GET', '/channels/welcome'),
      await call('GET', '/invites/gone'),
      await call('POST', invites, { max_age: 604_801 }),
      await call('POST', invites, { max_uses: 101, role_ids: [VIP_ROLE_ID, 'vip'] }),
      await call('POST', invites, { target_type: 1 }),
      await call('POST', invites, {}, { 'x-audit-log-reason': '%E4' }),
      await call('POST', invites, { role_ids: [BOT_ROLE_ID] }),
      await call('POST', invites, { role_ids: [UNKNOWN_ID] }),
      await call('POST', invites, { role_ids: [ADMIN_ROLE_ID] }),
      await call('POST', `/channels/${CATEGORY_ID}/invites`, {}),
    ];
    expect(answers).toEqual([
      '401 0',
      '403 40333',
      '404 10004',
      '404 10003',
      '400 50035',
      '404 10006',
      '400 50035',
      '400 50035',
      '400 50035',
      '400 50035',
      '400 50028',
      '404 10011',
      '403 50013',
      '400 50024',
    ]);
    await act('setLimits', { mostInvites: 0 });
    expect(await call('POST', invites, { unique: true })).toBe('400 30016');
    await act('setPermissions', { channel: 'welcome', deny: ['VIEW_CHANNEL'] });
    expect(await call('POST', invites, {})).toBe('403 50001');
    expect(validateLog(await sandbox.log())).toEqual([]);
  });

  it('refuses calls that the contract itself rules out, in its words', async () => {
    expect(await call('POST', `/channels/${WELCOME_ID}/invites`)).toBe('400 50035');
    expect(
      await call('POST', `/channels/${WELCOME_ID}/invites`, '', { 'content-type': 'application/json' }),
    ).toBe('400 50109');
    const findings = validateLog(await sandbox.log());
    expect(findings.filter((finding) => finding.includes('answer'))).toEqual([]);
    // The check does see what is wrong with the calls.
    if (haveContracts()) expect(findings).toHaveLength(2);
  });

  it('limits as it should, up to shutting out', async () => {
    await act('hitSharedLimit');
    expect(await call('GET', '/users/@me')).toBe('429');
    await act('setLimits', { otherLimit: 0 });
    expect(await call('GET', '/users/@me')).toBe('429');
    await act('setLimits', { globalLimit: 0 });
    expect(await call('GET', '/users/@me')).toBe('429');
    await act('setLimits', { banThreshold: 1 });
    expect(await call('GET', '/users/@me')).toBe('403');
    const log = await sandbox.log();
    expect(log.map(({ responseHeaders }) => responseHeaders['x-ratelimit-scope'])).toEqual([
      'shared',
      'user',
      'global',
      undefined,
    ]);
    expect(validateLog(log)).toEqual([]);
  });
});
