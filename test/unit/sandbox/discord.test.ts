import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DiscordDouble } from '../../../sandbox/discord';
import {
  ADMIN_ROLE_ID,
  ANNOUNCEMENTS_ID,
  BACKER_ROLE_ID,
  BOT_ID,
  BOT_ROLE_ID,
  CATEGORY_ID,
  VIP_LOUNGE_ID,
  VIP_ROLE_ID,
  VOICE_ID,
  WELCOME_ID,
} from '../../../sandbox/discord/fresh-state';
import { DISCORD_BOT_SECRET, DISCORD_SERVER_ID } from '../../../sandbox/identities';
import { callDouble, doubleContext, type Answer } from '../../support/double-client';

const USER_AGENT = 'DiscordBot (https://lifecycle.example, 1.0)';
const HEADERS = { authorization: `Bot ${DISCORD_BOT_SECRET}`, 'user-agent': USER_AGENT };
const ONE_USE = { max_age: 604_800, max_uses: 1, unique: true };
const UNKNOWN_ID = '1100000000000000999';

let discord: DiscordDouble;

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-03-02T10:00:00.000Z') });
  discord = new DiscordDouble(doubleContext('http://127.0.0.1:5690/discord'));
});
afterEach(() => {
  jest.useRealTimers();
});

function call(method: string, target: string, body?: unknown, headers = {}): Promise<Answer> {
  return callDouble(discord, method, target, { body, headers: { ...HEADERS, ...headers } });
}

function issue(body: object = ONE_USE, channel = WELCOME_ID, headers = {}): Promise<Answer> {
  return call('POST', `/channels/${channel}/invites`, body, headers);
}

/** Issues an invite and gives its code. */
async function issued(body: object = ONE_USE, channel = WELCOME_ID, headers = {}): Promise<string> {
  const answer = await issue(body, channel, headers);
  expect(answer).toMatchObject({ status: 200 });
  return String(Object(answer.body).code);
}

function act(action: string, input: object = {}): Promise<unknown> {
  const run = discord.actions[action];
  if (!run) throw new Error(`There is no action ${action}.`);
  return run(JSON.parse(JSON.stringify(input)));
}

/** Loads what the double holds, with some of it changed. */
function change(changes: object): void {
  discord.load(JSON.parse(JSON.stringify({ ...Object(discord.state()), ...changes })));
}

function held(part: string): unknown[] {
  return Object(discord.state())[part];
}

/** The members who have come by the bot's invites. */
function invited(): unknown[] {
  return held('members').filter((member) => Object(member).inviteCode !== null);
}

const refused = (status: number, code: number) => ({ status, body: { code, message: expect.any(String) } });

describe('who may call', () => {
  it('is the bot with its token', async () => {
    expect(await call('GET', '/users/@me')).toMatchObject({
      status: 200,
      body: { id: BOT_ID, username: 'Lifecycle', bot: true },
    });
  });

  it.each([
    ['no token', { authorization: undefined }],
    ['a wrong token', { authorization: 'Bot wrong' }],
    ['the token of another kind', { authorization: `Bearer ${DISCORD_BOT_SECRET}` }],
  ])('is nobody with %s', async (_, headers) => {
    expect(await call('GET', '/users/@me', undefined, headers)).toMatchObject({
      status: 401,
      body: { message: '401: Unauthorized', code: 0 },
    });
  });

  it('is nobody once the token has been revoked', async () => {
    await act('revokeToken');
    expect(await call('GET', '/users/@me')).toMatchObject(refused(401, 0));
  });

  it.each([undefined, '', 'axios/1.0', 'MyDiscordBot (x)'])('is no client named %p', async (name) => {
    expect(await call('GET', '/users/@me', undefined, { 'user-agent': name })).toMatchObject(
      refused(403, 40333),
    );
  });

  it('is told when there is no such address or method', async () => {
    expect(await call('GET', '/users/@you')).toMatchObject({
      status: 404,
      body: { message: '404: Not Found', code: 0 },
    });
    expect(await call('DELETE', '/users/@me')).toMatchObject({
      status: 405,
      body: { message: '405: Method Not Allowed', code: 0 },
    });
  });
});

describe('the server', () => {
  it('shows itself, with counts when asked for', async () => {
    const { body } = await call('GET', `/guilds/${DISCORD_SERVER_ID}`);
    expect(body).toMatchObject({ id: DISCORD_SERVER_ID, name: 'Campaign community' });
    expect(body).not.toHaveProperty('approximate_member_count');
    expect(await call('GET', `/guilds/${DISCORD_SERVER_ID}?with_counts=true`)).toMatchObject({
      body: { approximate_member_count: 9 },
    });
  });

  it('lists channels and roles with ids that are text', async () => {
    const { body } = await call('GET', `/guilds/${DISCORD_SERVER_ID}/channels`);
    expect([body].flat().slice(0, 5)).toMatchObject([
      { id: CATEGORY_ID, type: 4, parent_id: null },
      { id: WELCOME_ID, type: 0, name: 'welcome', parent_id: CATEGORY_ID },
      { id: VIP_LOUNGE_ID, type: 0, name: 'vip-lounge' },
      { id: ANNOUNCEMENTS_ID, type: 5, name: 'announcements' },
      { id: VOICE_ID, type: 2 },
    ]);
    expect((await call('GET', `/guilds/${DISCORD_SERVER_ID}/roles`)).body).toMatchObject([
      { id: DISCORD_SERVER_ID, name: '@everyone', position: 0, managed: false },
      { name: 'Backer', position: 1 },
      { name: 'VIP', position: 2 },
      { id: BOT_ROLE_ID, name: 'Bot', position: 3, managed: true, tags: { bot_id: BOT_ID } },
      { name: 'Support', position: 4, mentionable: true },
      { name: 'Admin', position: 5, permissions: '8' },
    ]);
  });

  it.each([
    ['an unknown server', `/guilds/${UNKNOWN_ID}`, 404, 10004],
    ['an unknown channel', `/channels/${UNKNOWN_ID}`, 404, 10003],
    ['an id that is none', '/channels/welcome', 400, 50035],
  ])('refuses %s', async (_, path, status, code) => {
    expect(await call('GET', path)).toMatchObject(refused(status, code));
  });

  it('is out of reach for a bot that was kicked', async () => {
    const code = await issued();
    await act('kickBot');
    for (const path of [`/guilds/${DISCORD_SERVER_ID}/roles`, `/channels/${WELCOME_ID}`]) {
      expect(await call('GET', path)).toMatchObject(refused(403, 50001));
    }
    expect(await call('DELETE', `/invites/${code}`)).toMatchObject(refused(403, 50001));
    expect(await call('GET', '/users/@me')).toMatchObject({ status: 200 });
  });
});

describe('an invite', () => {
  it('is issued with all that was asked for', async () => {
    const { status, body } = await issue({ ...ONE_USE, temporary: true, role_ids: [VIP_ROLE_ID] });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        type: 0,
        code: expect.stringMatching(/^[A-Za-z0-9]{8}$/),
        guild_id: DISCORD_SERVER_ID,
        channel: { id: WELCOME_ID, name: 'welcome', type: 0 },
        inviter: { id: BOT_ID },
        roles: [{ id: VIP_ROLE_ID, name: 'VIP' }],
        max_age: 604_800,
        max_uses: 1,
        uses: 0,
        temporary: true,
        created_at: '2026-03-02T10:00:00.000Z',
        expires_at: '2026-03-09T10:00:00.000Z',
      },
    });
  });

  it('lasts a day for any number of people unless told otherwise, or for ever', async () => {
    expect(await issue({})).toMatchObject({
      body: { max_age: 86_400, max_uses: 0, temporary: false, expires_at: '2026-03-03T10:00:00.000Z' },
    });
    expect(await issue({ max_age: 0, max_uses: null })).toMatchObject({
      body: { max_uses: 0, expires_at: null },
    });
  });

  it('is one that exists already, unless it has to be unique', async () => {
    const shared = { max_age: 3600, max_uses: 1 };
    const first = await issued(shared);
    expect(await issued(shared)).toBe(first);
    expect(await issued({ ...shared, unique: true })).not.toBe(first);
    expect(await issued({ ...shared, max_age: 7200 })).not.toBe(first);
    expect(await issued(shared, ANNOUNCEMENTS_ID)).not.toBe(first);
    await act('deleteInvite', { code: first });
    expect(await issued({ ...shared, max_uses: 2 })).not.toBe(first);
  });

  it.each([
    ['max_age', 604_801, 'NUMBER_TYPE_MAX'],
    ['max_age', -1, 'NUMBER_TYPE_MIN'],
    ['max_age', 1.5, 'NUMBER_TYPE_COERCE'],
    ['max_uses', 101, 'NUMBER_TYPE_MAX'],
    ['max_uses', 'one', 'NUMBER_TYPE_COERCE'],
    ['unique', 'yes', 'BOOLEAN_TYPE_CONVERT'],
    ['role_ids', 7, 'LIST_TYPE_CONVERT'],
    ['target_type', 1, 'GUILD_INVITE_INVALID_TARGET_TYPE'],
  ])('is not issued with %s = %p', async (field, value, code) => {
    expect(await issue({ [field]: value })).toMatchObject({
      status: 400,
      body: {
        code: 50035,
        message: 'Invalid Form Body',
        errors: { [field]: { _errors: [{ code, message: expect.any(String) }] } },
      },
    });
    expect(held('invites')).toEqual([]);
  });

  it('is not issued with more roles than anybody needs', async () => {
    const roles = Array.from({ length: 251 }, () => VIP_ROLE_ID);
    expect(await issue({ role_ids: roles })).toMatchObject({
      body: { errors: { role_ids: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } } },
    });
  });

  it('is told all that is wrong at once, as deep as it is', async () => {
    expect(await issue({ max_age: -1, role_ids: [VIP_ROLE_ID, 'vip'] })).toMatchObject({
      body: {
        errors: {
          max_age: { _errors: [{ code: 'NUMBER_TYPE_MIN' }] },
          role_ids: { 1: { _errors: [{ code: 'NUMBER_TYPE_COERCE' }] } },
        },
      },
    });
  });

  it('needs a body of JSON', async () => {
    const path = `/channels/${WELCOME_ID}/invites`;
    const json = { 'content-type': 'application/json' };
    const wrongType = { errors: { _errors: [{ code: 'CONTENT_TYPE_INVALID' }] }, code: 50035 };
    expect(await call('POST', path)).toMatchObject({ status: 400, body: wrongType });
    expect(await call('POST', path, '{}', { 'content-type': 'text/plain' })).toMatchObject({
      body: wrongType,
    });
    expect(await call('POST', path, '', json)).toMatchObject(refused(400, 50109));
    expect(await call('POST', path, '[]', json)).toMatchObject({
      body: { code: 50035, errors: { _errors: [{ code: 'MODEL_TYPE_CONVERT' }] } },
    });
    expect(
      await call('POST', path, '{}', { 'content-type': 'application/json; charset=utf-8' }),
    ).toMatchObject({
      status: 200,
    });
  });

  it('leads to no category, but to all other channels', async () => {
    expect(await issue({}, CATEGORY_ID)).toMatchObject(refused(400, 50024));
    for (const channel of [WELCOME_ID, VIP_LOUNGE_ID, ANNOUNCEMENTS_ID, VOICE_ID]) await issued({}, channel);
  });

  it.each([
    ['a role of an application', BOT_ROLE_ID, 400, 50028],
    ['the role of everybody', DISCORD_SERVER_ID, 400, 50028],
    ['an unknown role', UNKNOWN_ID, 404, 10011],
    ['a role above the bot’s', ADMIN_ROLE_ID, 403, 50013],
  ])('cannot grant %s', async (_, role, status, code) => {
    expect(await issue({ role_ids: [BACKER_ROLE_ID, role] })).toMatchObject(refused(status, code));
  });

  it('is shown to everybody who has its code', async () => {
    const code = await issued();
    const { status, body } = await callDouble(discord, 'GET', `/invites/${code}?with_counts=1`, {
      headers: { 'user-agent': USER_AGENT },
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { code, guild: { id: DISCORD_SERVER_ID }, approximate_member_count: 9 },
    });
    expect(body).not.toHaveProperty('uses');
  });

  it('is listed with its uses in its channel', async () => {
    const code = await issued({ ...ONE_USE, max_uses: 2 });
    await issued(ONE_USE, VIP_LOUNGE_ID);
    await act('redeemInvite', { code, user: 'Ada' });
    expect((await call('GET', `/channels/${WELCOME_ID}/invites`)).body).toMatchObject([
      { code, uses: 1, max_uses: 2 },
    ]);
  });

  it('is gone once it was revoked', async () => {
    const code = await issued();
    expect(await call('DELETE', `/invites/${code}`)).toMatchObject({ status: 200, body: { code } });
    for (const method of ['GET', 'DELETE']) {
      expect(await call(method, `/invites/${code}`)).toMatchObject(refused(404, 10006));
    }
    expect(held('invites')).toMatchObject([{ code, status: 'revoked', endedAt: expect.any(String) }]);
  });

  it('is gone once its time is over', async () => {
    const code = await issued({ ...ONE_USE, max_age: 60 });
    jest.advanceTimersByTime(59_999);
    expect(await call('GET', `/invites/${code}`)).toMatchObject({ status: 200 });
    jest.advanceTimersByTime(1);
    expect(await call('GET', `/invites/${code}`)).toMatchObject(refused(404, 10006));
    expect(held('invites')).toMatchObject([{ status: 'expired', endedAt: '2026-03-02T10:01:00.000Z' }]);
  });

  it('cannot be issued when the server has as many as it may have', async () => {
    await act('setLimits', { mostInvites: 2 });
    const code = await issued();
    await issued();
    expect(await issue()).toMatchObject({
      status: 400,
      body: { code: 30016, message: 'Maximum number of invites reached (2)' },
    });
    await call('DELETE', `/invites/${code}`);
    await issued();
  });
});

describe('permissions', () => {
  it('of the bot’s role are enough for everything', async () => {
    const code = await issued({ ...ONE_USE, role_ids: [VIP_ROLE_ID] }, VIP_LOUNGE_ID);
    expect(await call('GET', `/channels/${VIP_LOUNGE_ID}/invites`)).toMatchObject({ status: 200 });
    expect(await call('DELETE', `/invites/${code}`)).toMatchObject({ status: 200 });
  });

  it.each([
    ['a channel that it cannot see', { channel: 'welcome', deny: ['VIEW_CHANNEL'] }, 50001],
    ['a server in which it sees nothing', { deny: ['VIEW_CHANNEL'] }, 50001],
    ['a channel without the right', { channel: 'welcome', deny: ['CREATE_INSTANT_INVITE'] }, 50013],
    ['a server without the right', { deny: ['CREATE_INSTANT_INVITE'] }, 50013],
    ['a server without the right, told by its bit', { deny: ['1'] }, 50013],
  ])('leave the bot without an invite for %s', async (_, input, code) => {
    await act('setPermissions', input);
    expect(await issue()).toMatchObject(refused(403, code));
  });

  it('that are denied in one channel hold in the others', async () => {
    await act('setPermissions', { channel: 'welcome', deny: ['CREATE_INSTANT_INVITE'] });
    await issued(ONE_USE, ANNOUNCEMENTS_ID);
    await act('setPermissions', { channel: 'welcome', allow: ['CREATE_INSTANT_INVITE'] });
    await issued();
  });

  it('are granted by the most special overwrite', async () => {
    await act('setPermissions', { deny: ['CREATE_INSTANT_INVITE'] });
    await act('setPermissions', { channel: 'vip-lounge', allow: ['CREATE_INSTANT_INVITE'] });
    expect(await issue(ONE_USE, WELCOME_ID)).toMatchObject(refused(403, 50013));
    await issued(ONE_USE, VIP_LOUNGE_ID);
  });

  it('are no question for an administrator', async () => {
    await act('setPermissions', { channel: 'welcome', deny: ['VIEW_CHANNEL'] });
    await act('setPermissions', { allow: ['ADMINISTRATOR'] });
    await issued();
  });

  it('to list and to revoke are others than to issue', async () => {
    const code = await issued();
    await act('setPermissions', { deny: ['MANAGE_CHANNELS'] });
    expect(await call('GET', `/channels/${WELCOME_ID}/invites`)).toMatchObject(refused(403, 50013));
    expect(await call('DELETE', `/invites/${code}`)).toMatchObject(refused(403, 50013));
    await act('setPermissions', { allow: ['MANAGE_GUILD'] });
    expect(await call('DELETE', `/invites/${code}`)).toMatchObject({ status: 200 });
  });

  it('to grant roles are needed for invites that do', async () => {
    await act('setPermissions', { deny: ['MANAGE_ROLES'] });
    expect(await issue({ role_ids: [VIP_ROLE_ID] })).toMatchObject(refused(403, 50013));
    await issued();
  });

  it('are refused when nobody knows them', async () => {
    await expect(act('setPermissions', { deny: ['FLY'] })).rejects.toThrow();
  });
});

describe('the audit log', () => {
  const because = (reason: string) => ({ 'x-audit-log-reason': reason });

  it('keeps who was invited and why, decoded', async () => {
    const code = await issued(ONE_USE, WELCOME_ID, because(encodeURIComponent('Mautic contact 7 – VIP ✨')));
    await call('DELETE', `/invites/${code}`, undefined, because('superseded'));
    expect(held('auditLog')).toMatchObject([
      { action: 'invite created', inviteCode: code, reason: 'Mautic contact 7 – VIP ✨' },
      { action: 'invite deleted', inviteCode: code, reason: 'superseded' },
    ]);
    expect(held('invites')).toMatchObject([{ code, reason: 'Mautic contact 7 – VIP ✨' }]);
  });

  it.each([
    ['is not encoded', 'für Anna'],
    ['is encoded wrongly', '%E4'],
    ['is too long', 'x'.repeat(513)],
  ])('takes no reason that %s', async (_, reason) => {
    expect(await issue(ONE_USE, WELCOME_ID, because(reason))).toMatchObject(refused(400, 50035));
    expect(held('invites')).toEqual([]);
  });

  it('counts the characters, not those of their encoding', async () => {
    await issued(ONE_USE, WELCOME_ID, because(encodeURIComponent('ä'.repeat(512))));
  });
});

describe('limits', () => {
  const limits = ({ headers }: Answer) => ({
    limit: headers['X-RateLimit-Limit'],
    remaining: headers['X-RateLimit-Remaining'],
    reset: headers['X-RateLimit-Reset'],
    resetAfter: headers['X-RateLimit-Reset-After'],
  });

  it('are told with every answer, refusals included', async () => {
    const at = Date.now() / 1000;
    expect(limits(await issue())).toEqual({
      limit: '5',
      remaining: '4',
      reset: (at + 2).toFixed(3),
      resetAfter: '2.000',
    });
    jest.advanceTimersByTime(500);
    expect(limits(await issue({ max_age: -1 }))).toMatchObject({ remaining: '3', resetAfter: '1.500' });
  });

  it('are per channel, and name the same bucket for all of them', async () => {
    const [welcome, lounge, roles] = [
      await issue(),
      await issue(ONE_USE, VIP_LOUNGE_ID),
      await call('GET', `/guilds/${DISCORD_SERVER_ID}/roles`),
    ];
    expect(limits(lounge)).toMatchObject({ remaining: '4' });
    const bucket = ({ headers }: Answer) => headers['X-RateLimit-Bucket'];
    expect(bucket(lounge)).toBe(bucket(welcome));
    expect(bucket(roles)).not.toBe(bucket(welcome));
    expect(limits(roles)).toMatchObject({ limit: '10' });
  });

  it('say for how long to wait, to the millisecond, and end then', async () => {
    for (let count = 0; count < 5; count += 1) await issued();
    jest.advanceTimersByTime(663);
    const answer = await issue();
    expect(answer).toMatchObject({
      status: 429,
      headers: { 'Retry-After': '2', 'X-RateLimit-Scope': 'user', 'X-RateLimit-Remaining': '0' },
    });
    expect(answer.body).toEqual({
      message: 'You are being rate limited.',
      retry_after: 1.337,
      global: false,
    });
    expect(answer.headers).not.toHaveProperty('X-RateLimit-Global');
    jest.advanceTimersByTime(1337);
    await issued();
  });

  it('hold for all calls together, too', async () => {
    await act('setLimits', { globalLimit: 2 });
    await call('GET', '/users/@me');
    await issued();
    expect(await issue()).toMatchObject({
      status: 429,
      headers: { 'Retry-After': '1', 'X-RateLimit-Scope': 'global', 'X-RateLimit-Global': 'true' },
      body: { retry_after: 1, global: true },
    });
    jest.advanceTimersByTime(1000);
    await issued();
  });

  it('may have been used up by others', async () => {
    await act('hitSharedLimit', { times: 2, retryAfterMs: 250 });
    for (const attempt of [1, 2]) {
      expect({ attempt, ...(await issue()) }).toMatchObject({
        status: 429,
        headers: { 'X-RateLimit-Scope': 'shared' },
        body: { retry_after: 0.25, global: false },
      });
    }
    await issued();
  });
});

describe('bad requests', () => {
  const shutOut = {
    status: 403,
    headers: { 'Content-Type': 'text/html; charset=UTF-8' },
    body: expect.stringContaining('<html'),
  };

  it.each([
    ['401', () => call('GET', '/users/@me', undefined, { authorization: 'Bot wrong' })],
    ['403', () => call('GET', '/users/@me', undefined, { 'user-agent': 'curl' })],
  ])('that end in %s shut the client out when there are too many', async (_, badCall) => {
    await act('setLimits', { banThreshold: 2 });
    await badCall();
    expect(await call('GET', '/users/@me')).toMatchObject({ status: 200 });
    await badCall();
    expect(await call('GET', '/users/@me')).toMatchObject(shutOut);
    expect(discord.render()).toContain('Too many bad requests');
    jest.advanceTimersByTime(10 * 60 * 1000);
    expect(await call('GET', '/users/@me')).toMatchObject({ status: 200 });
  });

  it('that come too fast count, but not those that meet a shared limit', async () => {
    await act('setLimits', { banThreshold: 1, inviteLimit: 1 });
    await act('hitSharedLimit');
    expect(await issue(ONE_USE, VIP_LOUNGE_ID)).toMatchObject({ status: 429 });
    await issued();
    expect(await issue()).toMatchObject({ status: 429 });
    expect(await issue()).toMatchObject(shutOut);
  });

  it('of other kinds do not count', async () => {
    await act('setLimits', { banThreshold: 1 });
    expect(await call('GET', '/invites/gone')).toMatchObject({ status: 404 });
    expect(await issue({ max_age: -1 })).toMatchObject({ status: 400 });
    await issued();
  });
});

describe('what people do', () => {
  it('uses an invite up, by its link, and gives its roles', async () => {
    const code = await issued({ ...ONE_USE, role_ids: [VIP_ROLE_ID] });
    expect(await act('redeemInvite', { code: `https://discord.gg/${code}`, user: 'Ada' })).toEqual({
      code,
      user: 'Ada',
      uses: 1,
    });
    expect(invited()).toMatchObject([{ name: 'Ada', roleIds: [VIP_ROLE_ID], inviteCode: code }]);
    expect(held('invites')).toMatchObject([{ code, status: 'used', uses: 1 }]);
    expect(await call('GET', `/invites/${code}`)).toMatchObject(refused(404, 10006));
    await expect(act('redeemInvite', { code })).rejects.toThrow('invalid or has expired');
  });

  it('uses the newest invite when none is named, as somebody new', async () => {
    await issued();
    const newest = await issued();
    expect(await act('redeemInvite')).toMatchObject({ code: newest, user: 'newcomer-1' });
    expect(await act('redeemInvite')).toMatchObject({ user: 'newcomer-2' });
    await expect(act('redeemInvite')).rejects.toThrow('no live invite');
  });

  it('uses an invite as a member only for a role that is new', async () => {
    await issued({ ...ONE_USE, max_uses: 0 });
    await act('redeemInvite', { user: 'Ada' });
    await expect(act('redeemInvite', { user: 'Ada' })).rejects.toThrow('in the server already');
    await issued({ ...ONE_USE, role_ids: [VIP_ROLE_ID] });
    await act('redeemInvite', { user: 'Ada' });
    expect(invited()).toMatchObject([{ name: 'Ada', roleIds: [VIP_ROLE_ID] }]);
  });

  it('lets time pass for invites that end', async () => {
    const [first, second] = [await issued(), await issued()];
    const forEver = await issued({ max_age: 0 });
    expect(await act('expireInvites', { code: first })).toEqual({ expired: 1 });
    expect(await act('expireInvites')).toEqual({ expired: 1 });
    expect(held('invites')).toMatchObject([
      { code: first, status: 'expired' },
      { code: second, status: 'expired' },
      { code: forEver, status: 'live' },
    ]);
  });

  it('deletes a channel with its invites, and renames another', async () => {
    const [gone, kept] = [await issued(), await issued(ONE_USE, VIP_LOUNGE_ID)];
    expect(await act('deleteChannel', { channel: 'welcome' })).toEqual({
      channelId: WELCOME_ID,
      invitesGone: 1,
    });
    expect(await issue()).toMatchObject(refused(404, 10003));
    expect(await call('GET', `/invites/${gone}`)).toMatchObject(refused(404, 10006));
    await act('renameChannel', { channel: 'vip-lounge', name: 'lounge' });
    expect(await call('GET', `/invites/${kept}`)).toMatchObject({ body: { channel: { name: 'lounge' } } });
    await expect(act('deleteChannel', { channel: 'welcome' })).rejects.toThrow('no channel "welcome"');
  });
});

describe('the state', () => {
  it('is back as it was after a reset, the limits included', async () => {
    const fresh = discord.state();
    await act('setLimits', { inviteLimit: 1, banThreshold: 1 });
    await issued();
    expect(await issue()).toMatchObject({ status: 429 });
    discord.reset();
    expect(discord.state()).toEqual(fresh);
    await issued();
  });

  it('can be loaded as it was told', async () => {
    const code = await issued();
    await act('redeemInvite');
    await issued();
    const before = discord.state();
    discord.reset();
    discord.load(before);
    expect(discord.state()).toEqual(before);
    expect(await call('GET', `/invites/${code}`)).toMatchObject(refused(404, 10006));
  });

  it('is refused when it does not fit, and nothing changes', () => {
    const before = discord.state();
    expect(() => change({ invites: [{}] })).toThrow('This is no Discord state');
    expect(() => change({ roles: [] })).toThrow('@everyone');
    expect(discord.state()).toEqual(before);
  });
});

describe('the page', () => {
  it('says so when nothing has happened', () => {
    const html = discord.render();
    expect(html).toContain('No invite yet.');
    expect(html).toContain('Nobody has joined yet.');
    change({ channels: [] });
    expect(discord.render()).toContain('No channels.');
  });

  it('shows invites in all their states, members and channels, with all data escaped', async () => {
    const reason = { 'x-audit-log-reason': encodeURIComponent('Mautic contact <7>') };
    await issued(ONE_USE, VIP_LOUNGE_ID, reason);
    await act('redeemInvite', { user: '<b>Ada</b>' });
    await act('deleteInvite', { code: await issued() });
    await issued({ ...ONE_USE, max_age: 1 });
    jest.advanceTimersByTime(1000);
    await issued({ max_age: 0 });
    await act('deleteChannel', { channel: 'announcements' });
    await act('setPermissions', { channel: 'welcome', deny: ['CREATE_INSTANT_INVITE'] });
    await act('setPermissions', { channel: 'vip-lounge', deny: ['VIEW_CHANNEL'] });
    const html = discord.render();
    for (const text of ['used', 'revoked', 'expired', 'live', '1 live of 4', '0 of any', 'may not invite']) {
      expect(html).toContain(text);
    }
    expect(html).toContain('Mautic contact &lt;7&gt;');
    expect(html).toContain('&lt;b&gt;Ada&lt;/b&gt;');
    expect(html).toContain('does not see it');
    expect(html).not.toContain('>announcements<');
  });

  it('tells what is wrong with the bot', async () => {
    await act('kickBot');
    await act('revokeToken');
    expect(discord.render()).toContain('not in the server');
    expect(discord.render()).toContain('revoked');
  });
});
