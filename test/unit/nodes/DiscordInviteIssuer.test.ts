import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleDiscordApi } from '../../../credentials/LifecycleDiscordApi.credentials';
import { DiscordInviteIssuer } from '../../../nodes/DiscordInviteIssuer/DiscordInviteIssuer.node';
import { DiscordDouble } from '../../../sandbox/discord';
import { DISCORD_BOT_SECRET, DISCORD_SERVER_ID } from '../../../sandbox/identities';
import { openStore, type Store } from '../../../store';
import { connectionUrlOf } from '../../../nodes/shared/store';
import {
  executeNode,
  loadOptionsContext,
  type FilledCredential,
  type NodeSetup,
} from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';

interface DiscordState {
  settings: object;
  bot: { id: string };
  channels: Array<{ id: string; name: string }>;
  roles: Array<{ id: string; name: string }>;
  invites: Array<{
    code: string;
    channelId: string;
    status: string;
    maxAge: number;
    maxUses: number;
    roleIds: string[];
    createdAt: string;
    reason: string | null;
  }>;
}

const CREATE = { method: 'POST', path: '/channels/\\d+/invites' };
const database = useStore();
let store: Store;
let discord: TestSandbox;
let credential: FilledCredential;

// A sandbox for each test: a bot's channels, and what is known of its limits, are kept between runs.
beforeEach(async () => {
  // The node's own store; every other one would need connections of its own.
  store = await openStore(connectionUrlOf(storeCredential(database.url()).data));
  await database.sql('truncate lifecycle.invite');
  discord = await startTestSandbox('discord', DiscordDouble);
  await discord.act('setLimits', { inviteLimit: 1_000, otherLimit: 1_000, globalLimit: 1_000 });
  credential = {
    type: new LifecycleDiscordApi(),
    data: { url: `${discord.url}/`, botToken: DISCORD_BOT_SECRET, serverId: DISCORD_SERVER_ID },
  };
});
afterEach(() => discord.close());
afterAll(() => store.close());

const named = (value: string) => ({ __rl: true, mode: 'name', value });
const WELCOME = named('welcome');

const setup = (parameters: INodeParameters): NodeSetup => ({
  node: new DiscordInviteIssuer(),
  name: 'Issue invite',
  parameters,
  credentials: [credential, storeCredential(database.url())],
});

const contact = (id: number | string, event = `event-of-${id}`, more: IDataObject = {}): IDataObject => ({
  event: { id: event, source: 'mautic' },
  delivery: { id: '7', lease: 'lease', attempt: 1 },
  contact: { id, email: 'maya@example.com' },
  ...more,
});

async function issue(items: IDataObject[], parameters: INodeParameters = {}): Promise<IDataObject[]> {
  const [output = []] = await executeNode(setup({ channel: WELCOME, ...parameters }), items);
  return output.map(({ json }) => json);
}

async function issueOne(item = contact(1), parameters?: INodeParameters): Promise<IDataObject> {
  const [json] = await issue([item], parameters);
  if (!json) throw new Error('the item got lost');
  return json;
}

const resume = (item: IDataObject) => executeNode(setup({ operation: 'resume' }), [item]);

async function revoke(item: IDataObject, which: 'all' | 'earlier' | 'this'): Promise<IDataObject> {
  const [[output] = []] = await executeNode(setup({ operation: 'revoke', which }), [item]);
  if (!output) throw new Error('the item got lost');
  return output.json;
}

const inviteOf = (json: IDataObject) => json.invite as { code: string; issued: boolean; expiresAt: string };
const begunInvites = () => database.sql(`select id from lifecycle.invite where state = 'begun'`);
const failureOf = (json: IDataObject) => json.failure as { message: string; retryable: boolean };
const actionsOf = (json: IDataObject) => ((json.outcomes ?? []) as IDataObject[]).map(({ action }) => action);
const invites = async () => (await discord.state<DiscordState>()).invites;
const liveInvites = async () => (await invites()).filter(({ status }) => status === 'live');
const created = async () => (await discord.calls()).filter((call) => call.startsWith('POST ')).length;

/** As if a try had broken off a minute ago, after Discord acted or before: its invite is begun, and its code unknown. */
async function breakOff(item: IDataObject, acted: boolean, parameters?: INodeParameters): Promise<void> {
  await discord.fail({ ...CREATE, times: 1, drop: acted ? 'after' : 'before' });
  expect(failureOf(await issueOne(item, parameters))).toMatchObject({ retryable: true });
  await letTimePass();
}

/** As if an admin of the server had made the invite. */
async function showAsPublic(code: string): Promise<void> {
  const body = {
    code,
    type: 0,
    guild: { id: DISCORD_SERVER_ID },
    channel: { id: '1', type: 0, name: 'welcome' },
    inviter: { id: '1100000000000000003' },
    expires_at: null,
  };
  await discord.fail({ method: 'GET', path: '/invites/', status: 200, body });
}

const letTimePass = () =>
  database.sql(
    `update lifecycle.invite set begun_at = begun_at - interval '30 seconds' where state = 'begun'`,
  );

describe('issuing', () => {
  it('gives an item its invite, for one use and seven days, and says so', async () => {
    const json = await issueOne(contact(47));
    const [invite] = await invites();
    const welcome = (await discord.state<DiscordState>()).channels.find(({ name }) => name === 'welcome');
    expect(json.invite).toEqual({
      code: invite?.code,
      url: `https://discord.gg/${invite?.code}`,
      channel: { id: welcome?.id, name: 'welcome' },
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      issued: true,
    });
    expect(invite).toMatchObject({ maxAge: 604_800, maxUses: 1, channelId: welcome?.id });
    expect(json.outcomes).toEqual([
      { service: 'Discord', action: 'invite issued', id: expect.any(String), at: expect.any(String) },
    ]);
    expect(JSON.stringify(json.outcomes)).not.toContain(invite?.code);
  });

  it('names the contact in the audit log, and nothing personal', async () => {
    await issueOne(contact(47));
    expect((await invites())[0]?.reason).toBe('Invite for Mautic contact 47');
  });

  it('gives every contact an invite of its own', async () => {
    const output = await issue(Array.from({ length: 30 }, (_, index) => contact(index + 1)));
    expect(new Set(output.map((json) => inviteOf(json).code)).size).toBe(30);
    expect(await liveInvites()).toHaveLength(30);
  });

  it.each([
    [3600, 3600],
    [0, 0],
  ])('makes it valid as long as is set: %i seconds', async (expiresAfter, maxAge) => {
    const json = await issueOne(contact(1), { expiresAfter });
    expect((await invites())[0]).toMatchObject({ maxAge });
    if (maxAge === 0) expect(inviteOf(json).expiresAt).toBeNull();
  });

  it('gives roles by name to who joins with it', async () => {
    await issueOne(contact(1), { options: { roles: ['VIP', 'backer'] } });
    const { roles } = await discord.state<DiscordState>();
    const ids = ['VIP', 'Backer'].map((name) => roles.find((role) => role.name === name)?.id);
    expect((await invites())[0]?.roleIds).toEqual(ids);
  });

  it('passes on an item that failed before, untouched', async () => {
    const item = contact(1, 'e', { failure: { message: 'before' } });
    expect(await issueOne(item)).toEqual(item);
    expect(await discord.calls()).toEqual([]);
  });

  it('works off a rate limit by itself: no 429 comes back', async () => {
    await discord.act('setLimits', { inviteLimit: 5, inviteWindowMs: 300 });
    const output = await issue(Array.from({ length: 12 }, (_, index) => contact(index + 1)));
    expect(output.filter((json) => json.failure !== undefined)).toEqual([]);
    const statuses = (await discord.requests()).map(({ status }) => status);
    expect(statuses).not.toContain(429);
  });

  it('waits out a limit that others have used up', async () => {
    await discord.act('hitSharedLimit', { times: 1, retryAfterMs: 50 });
    expect(inviteOf(await issueOne()).issued).toBe(true);
  });
});

describe('the same cause', () => {
  it('has one invite, however often it is tried', async () => {
    const first = await issueOne();
    const again = await issueOne();
    expect(inviteOf(again)).toEqual({ ...inviteOf(first), issued: false });
    expect(actionsOf(again)).toEqual(['invite of an earlier try taken up again']);
    expect(await invites()).toHaveLength(1);
  });

  it('has a new one for another channel, since the contact may have become a VIP in between', async () => {
    await issueOne();
    expect(inviteOf(await issueOne(contact(1), { channel: named('vip-lounge') })).issued).toBe(true);
  });

  it('of another contact has its own', async () => {
    await issue([contact(1, 'event'), contact(2, 'event')]);
    expect(await invites()).toHaveLength(2);
  });

  it('has a new one when the first has expired', async () => {
    const first = await issueOne();
    await database.sql(`update lifecycle.invite set expires_at = now() - interval '1 second'`);
    expect(inviteOf(await issueOne()).code).not.toBe(inviteOf(first).code);
  });
});

describe('a try that broke off', () => {
  it('after Discord acted: the next one takes the invite that is there', async () => {
    await breakOff(contact(1), true);
    const [orphan] = await invites();
    const json = await issueOne();
    expect(inviteOf(json)).toMatchObject({ code: orphan?.code, issued: false });
    expect(await invites()).toHaveLength(1);
    expect(inviteOf(await issueOne()).code).toBe(orphan?.code);
  });

  it('before Discord acted: the next one issues it', async () => {
    await breakOff(contact(1), false);
    expect(inviteOf(await issueOne()).issued).toBe(true);
    expect(await invites()).toHaveLength(1);
  });

  it('a moment ago may still be at work: the next one waits before it looks', async () => {
    await discord.fail({ ...CREATE, times: 1, drop: 'after' });
    await issueOne();
    await database.sql(`update lifecycle.invite set begun_at = now() - interval '4.8 seconds'`);
    await discord.forgetRequests();
    expect(inviteOf(await issueOne()).issued).toBe(false);
    expect(await invites()).toHaveLength(1);
  });

  it('and whose invite somebody has used since gets a new one', async () => {
    await breakOff(contact(1), true);
    await discord.act('redeemInvite');
    expect(inviteOf(await issueOne()).issued).toBe(true);
  });

  it.each<[string, INodeParameters]>([
    ['is valid for another time', { expiresAfter: 3600 }],
    ['gives other roles', { options: { roles: ['VIP'] } }],
    ['leads elsewhere', { channel: named('announcements') }],
  ])('takes no invite that %s', async (_, parameters) => {
    await breakOff(contact(2), true);
    await breakOff(contact(1), false, parameters);
    expect(inviteOf(await issueOne(contact(1), parameters)).issued).toBe(true);
  });

  it('takes no invite that is recorded for somebody else', async () => {
    const theirs = await issueOne(contact(2));
    await breakOff(contact(1), false);
    const json = await issueOne();
    expect(inviteOf(json).issued).toBe(true);
    expect(inviteOf(json).code).not.toBe(inviteOf(theirs).code);
  });

  it('takes no invite from long before it', async () => {
    await breakOff(contact(2), true);
    const state = await discord.state<DiscordState>();
    const createdAt = new Date(Date.now() - 5 * 60_000).toISOString();
    await discord.load({ ...state, invites: state.invites.map((invite) => ({ ...invite, createdAt })) });
    expect(inviteOf(await issueOne(contact(2))).issued).toBe(true);
  });

  it('takes no invite from long after it, which is what another program of the bot has made', async () => {
    await breakOff(contact(2), true);
    await breakOff(contact(1), false);
    await database.sql('delete from lifecycle.invite where subject = $1', ['mautic:2']);
    await database.sql(`update lifecycle.invite set begun_at = begun_at - interval '1 hour'`);
    expect(inviteOf(await issueOne()).issued).toBe(true);
  });

  it('twice: the next one takes what the second one has lost', async () => {
    await breakOff(contact(1), false);
    await database.sql(`update lifecycle.invite set begun_at = begun_at - interval '1 hour'`);
    await breakOff(contact(1), true);
    expect(inviteOf(await issueOne()).issued).toBe(false);
    expect(await invites()).toHaveLength(1);
  });

  it('is made up for by the next event of the contact, which may come before the retry', async () => {
    await breakOff(contact(1, 'first'), true);
    expect(inviteOf(await issueOne(contact(1, 'second'))).issued).toBe(false);
    expect(await invites()).toHaveLength(1);
    expect(await begunInvites()).toEqual([]);
  });

  it('takes no invite that was not made by the bot', async () => {
    await breakOff(contact(1), true);
    const state = await discord.state<DiscordState>();
    await discord.load({ ...state, bot: { ...state.bot, id: '1100000000000000099' } });
    const list = `/channels/${state.channels.find(({ name }) => name === 'welcome')?.id}/invites`;
    const theirs = {
      code: 'theirs',
      type: 0,
      channel: null,
      inviter: { id: '1100000000000000003' },
      max_age: 604_800,
      max_uses: 1,
      uses: 0,
      created_at: new Date().toISOString(),
      expires_at: null,
    };
    await discord.fail({ method: 'GET', path: list, status: 200, body: [theirs] });
    expect(inviteOf(await issueOne()).issued).toBe(true);
  });

  it('is made up for even where the bot may not list invites', async () => {
    await breakOff(contact(1), true);
    await discord.act('setPermissions', { deny: ['MANAGE_CHANNELS'] });
    expect(inviteOf(await issueOne()).issued).toBe(true);
  });

  it('while several did: each of them gets an invite of its own', async () => {
    await discord.fail({ ...CREATE, times: 3, drop: 'after' });
    const items = [1, 2, 3, 4].map((id) => contact(id));
    await issue(items.slice(0, 3));
    await letTimePass();
    await discord.fail();
    const output = await issue(items);
    expect(new Set(output.map((json) => inviteOf(json).code)).size).toBe(4);
    expect(await invites()).toHaveLength(4);
  });
});

describe('an invite that another try takes for the one it had lost', () => {
  it('is replaced by a new one', async () => {
    // Held back after Discord acted, so that the other try finds it before this one records it.
    await store.invites.begin({ subject: 'mautic:2', cause: 'event-of-2', channelId: await welcomeId() });
    await letTimePass();
    await discord.fail({ ...CREATE, times: 1, holdMs: 1_500 });
    const slow = issueOne(contact(1));
    while ((await invites()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const other = await issueOne(contact(2));
    const own = await slow;
    expect(inviteOf(other).issued).toBe(false);
    expect(inviteOf(own)).toMatchObject({ issued: true });
    expect(inviteOf(own).code).not.toBe(inviteOf(other).code);
    expect(await liveInvites()).toHaveLength(2);
  });

  const welcomeId = async () =>
    (await discord.state<DiscordState>()).channels.find(({ name }) => name === 'welcome')?.id ?? '';
});

describe('an invite whose lease ran out while it waited for Discord', () => {
  it('is the same for both runs, and what the second one had made is an earlier one', async () => {
    await discord.act('setLimits', { inviteLimit: 1, inviteWindowMs: 700 });
    await issueOne(contact(2));
    const first = issueOne(contact(1));
    while ((await begunInvites()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await letTimePass();
    const [one, other] = await Promise.all([first, issueOne(contact(1))]);
    expect(inviteOf(other)).toEqual({ ...inviteOf(one), issued: false });
    expect(await liveInvites()).toHaveLength(3);
    const json = await revoke({ ...other, outcomes: [] }, 'earlier');
    expect(actionsOf(json)).toEqual(['earlier invite revoked']);
    await revoke({ ...one, outcomes: [] }, 'earlier');
    expect((await liveInvites()).map(({ code }) => code)).toContain(inviteOf(one).code);
    expect(await liveInvites()).toHaveLength(2);
  });
});

describe('a rate limit that does not let all items pass in time', () => {
  const leased = (id: number, milliseconds: number) => {
    const leasedUntil = new Date(Date.now() + milliseconds).toISOString();
    return contact(id, undefined, { delivery: { id: String(id), lease: 'lease', attempt: 1, leasedUntil } });
  };

  beforeEach(() => discord.act('setLimits', { inviteLimit: 2, inviteWindowMs: 60_000 }));

  it('fails the others long before their lease ends, to be tried again, and leaves nothing begun', async () => {
    const output = await issue([1, 2, 3, 4, 5, 6].map((id) => leased(id, 60_000)));
    const failures = output.filter((json) => json.failure !== undefined).map(failureOf);
    expect(failures).toEqual(
      Array(4).fill(
        expect.objectContaining({
          retryable: true,
          message: expect.stringMatching(/issue an invite.*longer than the run may take/),
        }),
      ),
    );
    expect(await liveInvites()).toHaveLength(2);
    expect(await begunInvites()).toEqual([]);
  });

  it('fails an item whose lease has run out before anything is sent', async () => {
    expect(failureOf(await issueOne(leased(1, -1)))).toMatchObject({ retryable: true });
    expect(await discord.calls()).toEqual([]);
  });
});

describe('an answer without the invite', () => {
  it('is made up for by looking for it', async () => {
    await discord.fail({ ...CREATE, times: 1, drop: 'after' });
    await issueOne(contact(1));
    await discord.fail({ ...CREATE, status: 204 });
    await letTimePass();
    await database.sql(`delete from lifecycle.invite`);
    expect(inviteOf(await issueOne(contact(1))).code).toBe((await invites())[0]?.code);
  });

  it('is tried again later when it cannot be found', async () => {
    await discord.fail({ ...CREATE, status: 204 });
    expect(failureOf(await issueOne())).toMatchObject({
      retryable: true,
      message: expect.stringContaining('without telling its code'),
    });
  });
});

describe('a refusal', () => {
  it.each<[string, () => Promise<unknown>, INodeParameters, string | RegExp, boolean]>([
    [
      'to create invites',
      () => discord.act('setPermissions', { channel: 'welcome', deny: ['CREATE_INSTANT_INVITE'] }),
      {},
      /Missing Permissions.*50013.*"Create Invite" on the channel "welcome"/,
      false,
    ],
    [
      'to see the channel',
      () => discord.act('setPermissions', { channel: 'welcome', deny: ['VIEW_CHANNEL'] }),
      {},
      /50001.*cannot see the channel "welcome".*"View Channel"/,
      false,
    ],
    [
      'to give roles',
      () => discord.act('setPermissions', { deny: ['MANAGE_ROLES'] }),
      { options: { roles: ['VIP'] } },
      /50013.*"Manage Roles".*above the roles that come with the invite \("VIP"\)/,
      false,
    ],
    [
      'to give a role above its own',
      () => Promise.resolve(),
      { options: { roles: ['Admin'] } },
      /50013.*"Manage Roles".*above the roles/,
      false,
    ],
    ['of a bot that was removed', () => discord.act('kickBot'), {}, /50001.*invite it to the server/, false],
    ['of the token', () => discord.act('revokeToken'), {}, /401.*Lifecycle Discord API credential/, false],
    [
      'of one invite too many',
      () => discord.act('setLimits', { mostInvites: 0 }),
      {},
      /30016.*1,000 invites.*tried again later/,
      true,
    ],
    [
      'of the form',
      () =>
        discord.fail({
          ...CREATE,
          status: 400,
          body: {
            code: 50035,
            message: 'Invalid Form Body',
            errors: { max_age: { _errors: [{ code: 'NUMBER_TYPE_MAX', message: 'Too large.' }] } },
          },
        }),
      {},
      /50035.*max_age: Too large\./,
      false,
    ],
    ['by an error of the server', () => discord.fail({ ...CREATE, status: 502 }), {}, /answered 502/, true],
    [
      'by a wrong address',
      () => discord.fail({ status: 404, body: 'nothing' }),
      {},
      /Check the address/,
      false,
    ],
  ])('%s says what to change', async (_, prepare, parameters, message, retryable) => {
    await prepare();
    const failure = failureOf(await issueOne(contact(1), parameters));
    expect(failure).toMatchObject({ retryable, message: expect.stringMatching(message) });
    expect(failure.message).not.toContain(DISCORD_BOT_SECRET);
  });

  it('is heard once by many: those that wait for the same permission are not sent', async () => {
    await discord.act('setPermissions', { channel: 'welcome', deny: ['CREATE_INSTANT_INVITE'] });
    await discord.fail({ ...CREATE, holdMs: 300 });
    const output = await issue([1, 2, 3, 4, 5, 6].map((id) => contact(id)));
    expect(output.map((json) => failureOf(json).retryable)).toEqual(Array(6).fill(false));
    expect(await created()).toBe(1);
  });

  it('of the token is not sent twice', async () => {
    await discord.act('revokeToken');
    await issueOne();
    expect(await discord.calls()).toHaveLength(1);
  });

  it('leaves nothing begun: the next try need not look for anything', async () => {
    await discord.act('setPermissions', { channel: 'welcome', deny: ['CREATE_INSTANT_INVITE'] });
    await issueOne();
    await discord.act('setPermissions', { channel: 'welcome', allow: ['CREATE_INSTANT_INVITE'] });
    await discord.forgetRequests();
    expect(inviteOf(await issueOne()).issued).toBe(true);
    expect((await discord.calls()).filter((call) => call.startsWith('GET /channels'))).toEqual([]);
  });
});

describe('the channel', () => {
  it.each([
    ['its name in other letters', named('Welcome')],
    ['its name as Discord shows it', named('#welcome')],
    ['its name after that of its category', named('Community/welcome')],
    ['a voice channel', named('campfire')],
    ['an entry of the list', { __rl: true, mode: 'list', value: 'announcements' }],
  ])('can be given by %s', async (_, channel) => {
    expect(inviteOf(await issueOne(contact(1), { channel })).issued).toBe(true);
  });

  it('can be given by its ID', async () => {
    const [{ id } = { id: '' }] = (await discord.state<DiscordState>()).channels.filter(
      ({ name }) => name === 'vip-lounge',
    );
    for (const mode of ['id', 'list']) {
      const json = await issueOne(contact(1, mode), { channel: { __rl: true, mode, value: id } });
      expect(json.invite).toMatchObject({ channel: { id, name: 'vip-lounge' } });
    }
  });

  it.each([
    ['is not there', named('welcom'), /no channel for invites "welcom".*nearest: "welcome"/],
    ['is a category', named('Community'), /no channel for invites "Community"/],
    ['is empty', named(''), /"Channel" is empty/],
  ])('that %s is told, and not retried', async (_, channel, message) => {
    const failure = failureOf(await issueOne(contact(1), { channel }));
    expect(failure).toMatchObject({ retryable: false, message: expect.stringMatching(message) });
    expect(await created()).toBe(0);
  });

  it('whose name another one has too is told, unless the category makes it clear', async () => {
    const state = await discord.state<DiscordState>();
    const lounge = state.channels.find(({ name }) => name === 'vip-lounge');
    const twin = { ...lounge, id: '1100000000000000098', name: 'welcome', parentId: null, overwrites: [] };
    await discord.load({ ...state, channels: [...state.channels, twin] });
    const failure = failureOf(await issueOne());
    expect(failure).toMatchObject({ retryable: false, message: expect.stringContaining('more than one') });
    expect(failure.message).toContain('Community/welcome');
    const json = await issueOne(contact(1), { channel: named('Community/welcome') });
    expect(inviteOf(json).issued).toBe(true);
  });

  it('is looked up once in some minutes', async () => {
    await issueOne(contact(1));
    await issueOne(contact(2));
    const lookUps = (await discord.calls()).filter((call) => call.endsWith('/channels'));
    expect(lookUps).toHaveLength(1);
  });

  it('that was deleted meanwhile is told, and looked up anew at the next try', async () => {
    await issueOne(contact(1));
    await discord.act('deleteChannel', { channel: 'welcome' });
    expect(failureOf(await issueOne(contact(2)))).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/10003.*was deleted/),
    });
  });

  it('is offered with its category, by names that are unmistakable', async () => {
    const search = (filter?: string) =>
      new DiscordInviteIssuer().methods.listSearch.searchChannels.call(loadOptionsContext(setup({})), filter);
    expect((await search()).results).toEqual([
      { name: 'Community / welcome', value: 'welcome' },
      { name: 'Community / vip-lounge', value: 'vip-lounge' },
      { name: 'Community / announcements', value: 'announcements' },
      { name: 'Community / Campfire', value: 'Campfire' },
      { name: 'Support / support', value: 'support' },
      { name: 'Support / support-staff', value: 'support-staff' },
      { name: 'Support / ticket-log', value: 'ticket-log' },
    ]);
    expect((await search('VIP')).results).toHaveLength(1);
  });
});

describe('the roles', () => {
  it('are offered by name, those that can be given, the highest first', async () => {
    const { getRoles } = new DiscordInviteIssuer().methods.loadOptions;
    const options = await getRoles.call(loadOptionsContext(setup({})));
    expect(options.map(({ name }) => name)).toEqual(['Admin', 'Support', 'VIP', 'Backer']);
  });

  it('that are not there are told, and not retried', async () => {
    const failure = failureOf(await issueOne(contact(1), { options: { roles: ['VPI'] } }));
    expect(failure).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/"VPI".*nearest: "VIP"/),
    });
  });
});

describe('a mistake in the item', () => {
  it.each<[string, IDataObject, INodeParameters, string]>([
    ['no contact', { delivery: { id: '1' }, event: { id: '1' } }, {}, '"Contact ID" is empty'],
    ['no whole number', contact('maya'), {}, '"Contact ID" must be a whole number'],
    ['no event', { delivery: { id: '1' }, contact: { id: 1 } }, {}, '"Cause" is empty'],
    ['more than seven days', contact(1), { expiresAfter: 604_801 }, '"Expires After"'],
    ['no time', contact(1), { expiresAfter: '={{ $json.nothing }}' }, '"Expires After"'],
    ['an empty time', contact(1), { expiresAfter: '={{ "" }}' }, '"Expires After"'],
    ['a time that is null', contact(1), { expiresAfter: '={{ null }}' }, '"Expires After"'],
  ])('(%s) is told, and not retried', async (_, item, parameters, message) => {
    expect(failureOf(await issueOne(item, parameters))).toMatchObject({
      retryable: false,
      message: expect.stringContaining(message),
    });
  });
});

describe('resuming', () => {
  it('goes on with the invite that was issued for this contact and this cause', async () => {
    const { invite } = await issueOne(contact(1));
    const { url, code } = invite as { url: string; code: string };
    await discord.forgetRequests();
    const [[resumed] = []] = await resume(contact(1, undefined, { guard: { link: url } }));
    expect(resumed?.json.invite).toEqual({
      code,
      url,
      channel: { id: expect.any(String), name: null },
      expiresAt: expect.any(String),
      issued: false,
    });
    expect(await discord.calls()).toEqual([]);
  });

  it.each<[string, (url: string) => IDataObject]>([
    ['of another event', (link) => contact(1, 'another', { guard: { link } })],
    ['of another contact', (link) => contact(2, 'event-of-1', { guard: { link } })],
    ['that nobody issued', () => contact(1, undefined, { guard: { link: 'https://discord.gg/other' } })],
    ['that is none', () => contact(1, undefined, { guard: { link: 'see our website' } })],
    ['that is not there', () => contact(1, undefined, { guard: { link: null } })],
  ])('has nothing to do with a link %s', async (_, itemFor) => {
    const { invite } = await issueOne(contact(1));
    const item = itemFor((invite as { url: string }).url);
    const [resumed, nothing] = await resume(item);
    expect(resumed).toEqual([]);
    expect(nothing?.map(({ json }) => json)).toEqual([item]);
  });

  it.each([
    ['was revoked', (code: string) => store.invites.revoked(code)],
    ['has vanished', (code: string) => store.invites.vanished([code])],
  ])('has nothing to do with an invite that %s', async (_, end) => {
    const { code } = inviteOf(await issueOne(contact(1)));
    await end(code);
    const [resumed] = await resume(contact(1, undefined, { guard: { link: code } }));
    expect(resumed).toEqual([]);
  });

  it('has nothing to do with an invite that has expired', async () => {
    const { code } = inviteOf(await issueOne(contact(1)));
    await database.sql(`update lifecycle.invite set expires_at = now() - interval '1 second'`);
    const [resumed] = await resume(contact(1, undefined, { guard: { link: code } }));
    expect(resumed).toEqual([]);
  });
});

describe('revoking this invite', () => {
  it('takes it back, and says so without its code', async () => {
    const item = await issueOne(contact(1));
    const json = await revoke({ ...item, outcomes: [] }, 'this');
    expect((await invites())[0]).toMatchObject({ status: 'revoked' });
    expect(actionsOf(json)).toEqual(['invite revoked']);
    expect(JSON.stringify(json.outcomes)).not.toContain(inviteOf(item).code);
    expect(await store.invites.live('mautic:1')).toEqual([]);
  });

  it('leaves all others as they are', async () => {
    await issueOne(contact(1, 'first'));
    await revoke(await issueOne(contact(1, 'second')), 'this');
    expect(await liveInvites()).toHaveLength(1);
  });

  it('that was used says so', async () => {
    const item = await issueOne(contact(1));
    await discord.act('redeemInvite');
    expect(actionsOf(await revoke({ ...item, outcomes: [] }, 'this'))).toEqual([
      'invite was already used or expired',
    ]);
    expect(await store.invites.live('mautic:1')).toEqual([]);
  });

  it('that was not issued here keeps it when the bot had not made it, such as the public one', async () => {
    const item = await issueOne(contact(1));
    await database.sql('delete from lifecycle.invite');
    await showAsPublic(inviteOf(item).code);
    expect(actionsOf(await revoke({ ...item, outcomes: [] }, 'this'))).toEqual([
      'invite kept: the bot had not made it',
    ]);
    expect(await liveInvites()).toHaveLength(1);
  });

  it('that was issued here without being recorded takes it back', async () => {
    const item = await issueOne(contact(1));
    await database.sql('delete from lifecycle.invite');
    expect(actionsOf(await revoke({ ...item, outcomes: [] }, 'this'))).toEqual(['invite revoked']);
    expect(await liveInvites()).toEqual([]);
  });

  it('does nothing when there is none', async () => {
    const json = await revoke(contact(1), 'this');
    expect(json).toEqual(contact(1));
    expect(await discord.calls()).toEqual([]);
  });

  it('that is not allowed says which permission it takes, and not the code', async () => {
    const item = await issueOne(contact(1));
    await discord.act('setPermissions', { deny: ['MANAGE_CHANNELS'] });
    const failure = failureOf(await revoke(item, 'this'));
    expect(failure).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/50013.*"Manage Channels".*"Manage Server"/),
    });
    expect(failure.message).not.toContain(inviteOf(item).code);
  });
});

describe('revoking all invites of a contact', () => {
  it('takes back what was not used, of nobody else, and needs no invite on the item', async () => {
    await issueOne(contact(1, 'first'));
    await discord.act('redeemInvite');
    await issueOne(contact(1, 'second'));
    await issueOne(contact(1, 'third'));
    await issueOne(contact(2));
    const json = await revoke(contact(1), 'all');
    expect(actionsOf(json)).toEqual([
      'invite was already used or expired',
      'invite revoked',
      'invite revoked',
    ]);
    expect((await invites()).map(({ status }) => status)).toEqual(['used', 'revoked', 'revoked', 'live']);
  });

  it('does nothing when it was done before, or there are none', async () => {
    await issueOne(contact(1));
    await revoke(contact(1), 'all');
    await discord.forgetRequests();
    expect(actionsOf(await revoke(contact(1), 'all'))).toEqual([]);
    expect(actionsOf(await revoke(contact(7), 'all'))).toEqual([]);
    expect(await discord.calls()).toEqual([]);
  });

  it('goes on where a try broke off', async () => {
    await issueOne(contact(1, 'first'));
    await issueOne(contact(1, 'second'));
    await discord.fail({ method: 'DELETE', status: 400, times: 1 });
    expect(failureOf(await revoke(contact(1), 'all'))).toBeDefined();
    await revoke(contact(1), 'all');
    expect(await liveInvites()).toEqual([]);
  });
});

describe('revoking earlier invites', () => {
  it('takes back what the contact was given before, and keeps this one', async () => {
    await issueOne(contact(1, 'first'));
    await issueOne(contact(1, 'second'));
    await issueOne(contact(2));
    const item = await issueOne(contact(1, 'third'));
    const json = await revoke({ ...item, outcomes: [] }, 'earlier');
    expect(actionsOf(json)).toEqual(['earlier invite revoked', 'earlier invite revoked']);
    expect((await invites()).map(({ status }) => status)).toEqual(['revoked', 'revoked', 'live', 'live']);
  });

  it('keeps what was issued later', async () => {
    const item = await issueOne(contact(1, 'first'));
    await issueOne(contact(1, 'second'));
    await revoke(item, 'earlier');
    expect(await liveInvites()).toHaveLength(2);
  });

  it('says what was used, and asks only once', async () => {
    await issueOne(contact(1, 'first'));
    await discord.act('redeemInvite');
    const item = await issueOne(contact(1, 'second'));
    expect(actionsOf(await revoke({ ...item, outcomes: [] }, 'earlier'))).toEqual([
      'earlier invite was already used or expired',
    ]);
    await discord.forgetRequests();
    expect(actionsOf(await revoke({ ...item, outcomes: [] }, 'earlier'))).toEqual([]);
    expect(await discord.calls()).toEqual([]);
  });

  it('takes back a link of the bot that was found on the contact, also when a try breaks off in between', async () => {
    const old = inviteOf(await issueOne(contact(1, 'old')));
    await database.sql('delete from lifecycle.invite');
    const item = contact(1, 'new', { guard: { replaced: `https://discord.gg/${old.code}` } });
    await breakOff(item, false);
    const issued = await issueOne({ ...item, guard: { replaced: null } });
    expect(actionsOf(await revoke({ ...issued, outcomes: [] }, 'earlier'))).toEqual([
      'earlier invite revoked',
    ]);
    expect((await liveInvites()).map(({ code }) => code)).toEqual([inviteOf(issued).code]);
  });

  it('keeps a link that was found on the contact and is not the bot’s, such as the public one', async () => {
    const old = inviteOf(await issueOne(contact(1, 'old')));
    await database.sql('delete from lifecycle.invite');
    const item = await issueOne(contact(1, 'new', { guard: { replaced: old.code } }));
    await showAsPublic(old.code);
    expect(actionsOf(await revoke({ ...item, outcomes: [] }, 'earlier'))).toEqual([
      'earlier invite kept: the bot had not made it',
    ]);
    expect(await liveInvites()).toHaveLength(2);
  });

  it('counts a link that leads nowhere any more as gone', async () => {
    const item = await issueOne(contact(1, 'new', { guard: { replaced: 'https://discord.gg/nowhere' } }));
    expect(actionsOf(await revoke({ ...item, outcomes: [] }, 'earlier'))).toEqual([
      'earlier invite was already used or expired',
    ]);
  });

  it('is repeated when Discord is down for a moment', async () => {
    await issueOne(contact(1, 'first'));
    const item = await issueOne(contact(1, 'second'));
    await discord.fail({ method: 'DELETE', status: 503, times: 1 });
    await revoke(item, 'earlier');
    expect(await liveInvites()).toHaveLength(1);
  });
});

describe('a credential', () => {
  it.each(['', 'My server'])('with a server ID that is none says so: %j', async (serverId) => {
    credential.data = { ...credential.data, serverId };
    expect(failureOf(await issueOne())).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/server ID.*Lifecycle Discord API credential.*Copy Server ID/),
    });
    expect(await discord.calls()).toEqual([]);
  });

  it('with spaces around its values works', async () => {
    credential.data = {
      url: ` ${discord.url}/ `,
      botToken: ` ${DISCORD_BOT_SECRET} `,
      serverId: ` ${DISCORD_SERVER_ID} `,
    };
    expect(inviteOf(await issueOne()).issued).toBe(true);
  });
});
