import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  ADMIN_ROLE_ID,
  BOT_ID,
  BOT_ROLE_ID,
  MEMBER_IDS,
  OWNER_ID,
  STAFF_IDS,
  SUPPORT_ID,
  SUPPORT_ROLE_ID,
  TICKET_LOG_ID,
  TICKETS_ID,
} from '../../../sandbox/discord/fresh-state';
import {
  EVERYTHING,
  PERMISSIONS,
  bitsOf,
  channelRights,
  serverRights,
  type PermissionName,
} from '../../../sandbox/discord/permissions';
import { DISCORD_SERVER_ID } from '../../../sandbox/identities';
import { discordUnderTest, refused, type DiscordUnderTest } from '../../support/discord';

const { VIEW_CHANNEL, SEND_MESSAGES, ATTACH_FILES, READ_MESSAGE_HISTORY } = PERMISSIONS;
/** What the facts give to whoever is in a ticket: view, send, embed, attach, history. */
const TICKET_BITS = '117760';

/** A server of two roles, each with so many rights. */
function server(everyone: bigint, a = 0n, b = 0n) {
  const roles = new Map([
    ['1', { permissions: everyone.toString() }],
    ['10', { permissions: a.toString() }],
    ['11', { permissions: b.toString() }],
  ]);
  return { server: { id: '1', ownerId: '2' }, roles };
}
const overwrite = (id: string, type: 0 | 1, allow: bigint, deny: bigint) => ({
  id,
  type,
  allow: allow.toString(),
  deny: deny.toString(),
});
const somebody = { id: '5', roleIds: ['10', '11'] };

describe('Discord’s algorithm', () => {
  it('adds up what @everyone and the roles grant', () => {
    expect(serverRights(server(VIEW_CHANNEL, SEND_MESSAGES, ATTACH_FILES), somebody)).toBe(
      VIEW_CHANNEL | SEND_MESSAGES | ATTACH_FILES,
    );
    expect(serverRights(server(VIEW_CHANNEL, SEND_MESSAGES), { id: '5', roleIds: ['11'] })).toBe(
      VIEW_CHANNEL,
    );
  });

  it('gives the owner and administrators everything, whatever a channel denies', () => {
    const denied = { overwrites: [overwrite('1', 0, 0n, EVERYTHING), overwrite('5', 1, 0n, EVERYTHING)] };
    expect(channelRights(server(0n, PERMISSIONS.ADMINISTRATOR), somebody, denied)).toBe(EVERYTHING);
    expect(channelRights(server(0n), { id: '2', roleIds: [] }, denied)).toBe(EVERYTHING);
  });

  const view = VIEW_CHANNEL;
  it.each([
    ['@everyone’s denial takes', view, [overwrite('1', 0, 0n, view)], 0n],
    [
      'a role’s permission beats @everyone’s denial',
      view,
      [overwrite('1', 0, 0n, view), overwrite('10', 0, view, 0n)],
      view,
    ],
    [
      'a role’s permission beats another role’s denial',
      view,
      [overwrite('10', 0, 0n, view), overwrite('11', 0, view, 0n)],
      view,
    ],
    [
      'a role’s denial beats @everyone’s permission',
      0n,
      [overwrite('1', 0, view, 0n), overwrite('10', 0, 0n, view)],
      0n,
    ],
    [
      'the member’s denial beats the roles’ permission',
      view,
      [overwrite('10', 0, view, 0n), overwrite('5', 1, 0n, view)],
      0n,
    ],
    [
      'the member’s permission beats every denial',
      0n,
      [overwrite('1', 0, 0n, view), overwrite('10', 0, 0n, view), overwrite('5', 1, view, 0n)],
      view,
    ],
    [
      'another’s overwrites do not count',
      view,
      [overwrite('6', 1, 0n, view), overwrite('12', 0, 0n, view)],
      view,
    ],
    [
      'an overwrite for a role does not count for a member of the same id',
      view,
      [overwrite('5', 0, 0n, view)],
      view,
    ],
    ['who does not see it can do nothing', view | SEND_MESSAGES, [overwrite('1', 0, 0n, view)], 0n],
    [
      'who may not write cannot send files',
      view | SEND_MESSAGES | ATTACH_FILES,
      [overwrite('1', 0, 0n, SEND_MESSAGES)],
      view,
    ],
  ])('%s', (_, everyone, overwrites, rights) => {
    expect(channelRights(server(everyone), somebody, { overwrites })).toBe(rights);
  });
});

describe('the bot', () => {
  let under: DiscordUnderTest;
  beforeEach(async () => {
    under = await discordUnderTest();
  });
  const deny = (...names: PermissionName[]) => under.act('setPermissions', { deny: names });
  const create = (fields: object) =>
    under.call('POST', `/guilds/${DISCORD_SERVER_ID}/channels`, { name: 'ticket', ...fields });

  it('makes a channel that only the opener, the staff and itself read', async () => {
    const id = await under.channel({
      parent_id: TICKETS_ID,
      permission_overwrites: [
        { id: DISCORD_SERVER_ID, type: 0, deny: '1024' },
        { id: MEMBER_IDS.mira, type: 1, allow: TICKET_BITS },
        { id: SUPPORT_ROLE_ID, type: 0, allow: TICKET_BITS },
        { id: BOT_ID, type: 1, allow: TICKET_BITS },
      ],
    });
    const rights = Object.values(await under.act('rights', { channel: id })).map((right) => Object(right));
    const readers = rights.filter(({ mayRead }) => mayRead).map((right) => right.id);
    expect(readers).toEqual([OWNER_ID, ...Object.values(STAFF_IDS), MEMBER_IDS.mira, BOT_ID]);
  });

  it('locks itself out when it forgets itself', async () => {
    const overwrites = [{ id: DISCORD_SERVER_ID, type: 0, deny: '1024' }];
    const id = await under.channel({ permission_overwrites: overwrites });
    expect(await under.call('GET', `/channels/${id}`)).toMatchObject(refused(403, 50001));
    expect(await under.call('DELETE', `/channels/${id}`)).toMatchObject(refused(403, 50001));
    expect(await under.call('POST', `/channels/${id}/messages`, { content: 'x' })).toMatchObject(
      refused(403, 50001),
    );
  });

  it('takes over the category’s overwrites when it gives none, and keeps them in step', async () => {
    const id = await under.channel({ parent_id: TICKETS_ID });
    const overwrites = async (channel: string) =>
      Object((await under.call('GET', `/channels/${channel}`)).body).permission_overwrites;
    expect(await overwrites(id)).toEqual(await overwrites(TICKETS_ID));
    await under.call('PUT', `/channels/${TICKETS_ID}/permissions/${MEMBER_IDS.leo}`, {
      type: 1,
      allow: '1024',
    });
    expect(await overwrites(id)).toHaveLength(4);
    await under.call('PUT', `/channels/${id}/permissions/${MEMBER_IDS.rosa}`, { type: 1, allow: '1024' });
    await under.call('DELETE', `/channels/${TICKETS_ID}/permissions/${MEMBER_IDS.leo}`);
    expect(await overwrites(id)).toHaveLength(5);
  });

  it.each<[string, PermissionName, () => Promise<unknown>, number]>([
    ['make a channel', 'MANAGE_CHANNELS', () => create({}), 50013],
    [
      'change one',
      'MANAGE_CHANNELS',
      () => under.call('PATCH', `/channels/${SUPPORT_ID}`, { topic: 'x' }),
      50013,
    ],
    ['delete one', 'MANAGE_CHANNELS', () => under.call('DELETE', `/channels/${SUPPORT_ID}`), 50013],
    [
      'give rights',
      'MANAGE_ROLES',
      () => under.call('PUT', `/channels/${SUPPORT_ID}/permissions/${BOT_ID}`, { type: 1 }),
      50013,
    ],
    [
      'write',
      'SEND_MESSAGES',
      () => under.call('POST', `/channels/${SUPPORT_ID}/messages`, { content: 'x' }),
      50013,
    ],
    [
      'send boxes',
      'EMBED_LINKS',
      () => under.call('POST', `/channels/${SUPPORT_ID}/messages`, { embeds: [{ title: 'x' }] }),
      50013,
    ],
    ['see anything', 'VIEW_CHANNEL', () => under.call('GET', `/channels/${SUPPORT_ID}/messages`), 50001],
  ])('cannot %s without %s', async (_, name, attempt, code) => {
    await deny(name);
    expect(await attempt()).toMatchObject(refused(403, code));
  });

  it('gives no right that it does not have itself, nor that to manage roles', async () => {
    const give = (allow: bigint) => ({
      permission_overwrites: [{ id: MEMBER_IDS.mira, type: 1, allow: allow.toString() }],
    });
    expect(await create(give(PERMISSIONS.MANAGE_MESSAGES))).toMatchObject(refused(403, 50013));
    expect(await create(give(PERMISSIONS.MANAGE_ROLES))).toMatchObject(refused(403, 50013));
    expect(await create(give(VIEW_CHANNEL | READ_MESSAGE_HISTORY))).toMatchObject({ status: 201 });
    await under.act('setPermissions', { allow: ['ADMINISTRATOR'] });
    expect(await create(give(PERMISSIONS.MANAGE_ROLES))).toMatchObject({ status: 201 });
  });

  it('needs somebody for an overwrite, and one to delete', async () => {
    const path = (id: string) => `/channels/${SUPPORT_ID}/permissions/${id}`;
    expect(await under.call('PUT', path('999'), { type: 1 })).toMatchObject(refused(404, 10009));
    expect(await under.call('DELETE', path(MEMBER_IDS.leo))).toMatchObject(refused(404, 10009));
    expect(await under.call('PUT', path(MEMBER_IDS.leo), { type: 1, deny: '2048' })).toMatchObject({
      status: 204,
    });
    await expect(under.act('write', { member: 'leo', channel: 'support', content: 'x' })).rejects.toThrow(
      'may not write',
    );
    expect(await under.call('DELETE', path(MEMBER_IDS.leo))).toMatchObject({ status: 204 });
    await under.act('write', { member: 'leo', channel: 'support', content: 'x' });
  });

  it('reads nothing, without being told so, where it may not read the history', async () => {
    const id = await under.post(SUPPORT_ID, { content: 'here' });
    await under.act('setPermissions', { channel: 'support', deny: ['READ_MESSAGE_HISTORY'] });
    expect(await under.call('GET', `/channels/${SUPPORT_ID}/messages`)).toMatchObject({
      status: 200,
      body: [],
    });
    expect(await under.call('GET', `/channels/${SUPPORT_ID}/messages/${id}`)).toMatchObject(
      refused(403, 50013),
    );
  });

  it('deletes others’ messages only when it may manage them', async () => {
    const { messageId } = await under.act('write', { member: 'leo', channel: 'support', content: 'x' });
    const path = `/channels/${SUPPORT_ID}/messages/${messageId}`;
    expect(await under.call('DELETE', path)).toMatchObject(refused(403, 50013));
    expect(await under.call('PATCH', path, { content: 'y' })).toMatchObject(refused(403, 50005));
    await under.act('setPermissions', { allow: ['MANAGE_MESSAGES'] });
    expect(await under.call('DELETE', path)).toMatchObject({ status: 204 });
  });

  it('is one of those that a private channel is for by its role', async () => {
    const rights = Object.values(await under.act('rights', { channel: TICKET_LOG_ID })).map((right) =>
      Object(right),
    );
    expect(rights.filter(({ mayRead }) => !mayRead).map((right) => right.id)).toEqual(
      Object.values(MEMBER_IDS),
    );
    expect(bitsOf('VIEW_CHANNEL')).toBe('1024');
    const admins = [ADMIN_ROLE_ID, BOT_ROLE_ID];
    await under.act('join', { name: 'boss', roles: [admins[0]] });
    const after = Object.values(await under.act('rights', { channel: TICKET_LOG_ID })).map((right) =>
      Object(right),
    );
    expect(after.find((right) => right.name === 'boss')).toMatchObject({ mayRead: true });
  });
});
