import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  MEMBER_IDS,
  SUPPORT_ID,
  SUPPORT_ROLE_ID,
  SUPPORT_STAFF_ID,
  TICKETS_ID,
  TICKET_ARCHIVE_ID,
} from '../../../sandbox/discord/fresh-state';
import { DISCORD_SERVER_ID } from '../../../sandbox/identities';
import type { SandboxResponse } from '../../../sandbox/double';
import { buttonRow, discordUnderTest, refused, type DiscordUnderTest } from '../../support/discord';

let under: DiscordUnderTest;
beforeEach(async () => {
  under = await discordUnderTest();
});

const MESSAGES = `/channels/${SUPPORT_ID}/messages`;
const send = (body: object | FormData) => under.call('POST', MESSAGES, body);
const contents = ({ body }: { body: unknown }) => [body].flat().map((message) => Object(message).content);
const wrong = (errors: object) => ({ status: 400, body: { code: 50035, errors } });
const button = (fields: object) => ({ type: 2, style: 1, label: 'x', custom_id: 'x', ...fields });
const row = (...components: object[]) => ({ components: [{ type: 1, components }] });
const options = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ label: `${index}`, value: `${index}` }));

function form(payload: object, ...files: Array<[string, string]>): FormData {
  const parts = new FormData();
  parts.set('payload_json', JSON.stringify(payload));
  files.forEach(([name, text], index) =>
    parts.set(`files[${index}]`, new Blob([text], { type: 'text/plain' }), name),
  );
  return parts;
}

describe('channels', () => {
  const change = (id: string, body: object) => under.call('PATCH', `/channels/${id}`, body);

  it('get a name as Discord writes it, a topic, a category, and lose them again', async () => {
    const id = await under.channel({ name: 'Ticket 7: Mira?', topic: 'Ticket 7', parent_id: TICKETS_ID });
    expect(await under.call('GET', `/channels/${id}`)).toMatchObject({
      body: {
        name: 'ticket-7-mira',
        topic: 'Ticket 7',
        parent_id: TICKETS_ID,
        type: 0,
        last_message_id: null,
      },
    });
    expect(await change(id, { name: 'closed 7', topic: null, parent_id: TICKET_ARCHIVE_ID })).toMatchObject({
      status: 200,
      body: { name: 'closed-7', topic: null, parent_id: TICKET_ARCHIVE_ID },
    });
    expect(await under.call('DELETE', `/channels/${id}`)).toMatchObject({ status: 200, body: { id } });
    expect(await under.call('GET', `/channels/${id}`)).toMatchObject(refused(404, 10003));
  });

  it('find no room in a full category or server', async () => {
    await under.act('setLimits', { mostChannelsInCategory: 1 });
    await under.channel({ parent_id: TICKETS_ID });
    const more = await under.call('POST', `/guilds/${DISCORD_SERVER_ID}/channels`, {
      name: 'x',
      parent_id: TICKETS_ID,
    });
    expect(more).toMatchObject(wrong({ parent_id: { _errors: [{ code: 'CHANNEL_PARENT_MAX_CHANNELS' }] } }));
    expect(await change(SUPPORT_ID, { parent_id: TICKETS_ID })).toMatchObject(refused(400, 50035));
    await under.act('setLimits', { mostChannels: 5 });
    const last = await under.call('POST', `/guilds/${DISCORD_SERVER_ID}/channels`, { name: 'x' });
    expect(last).toMatchObject(refused(400, 30013));
  });

  it.each([
    ['a name that is too long', { name: 'x'.repeat(101) }],
    ['no name', { name: undefined }],
    ['a topic that is too long', { topic: 'x'.repeat(1025) }],
    ['a category that is none', { parent_id: SUPPORT_ID }],
    ['a category that there is not', { parent_id: '999' }],
    ['rights that are no number', { permission_overwrites: [{ id: SUPPORT_ROLE_ID, allow: 'all' }] }],
  ])('are not made with %s', async (_, fields) => {
    const made = await under.call('POST', `/guilds/${DISCORD_SERVER_ID}/channels`, { name: 'x', ...fields });
    expect(made).toMatchObject(refused(400, 50035));
  });

  it('survive their category', async () => {
    const id = await under.channel({ parent_id: TICKETS_ID });
    await under.call('DELETE', `/channels/${TICKETS_ID}`);
    expect(await under.call('GET', `/channels/${id}`)).toMatchObject({ body: { parent_id: null } });
  });
});

describe('members', () => {
  const list = (query: string) => under.call('GET', `/guilds/${DISCORD_SERVER_ID}/members${query}`);
  const ids = ({ body }: { body: unknown }) => [body].flat().map((member) => Object(member).user.id);

  it('are listed by id, one unless more are asked for, page by page', async () => {
    const all = ids(await list('?limit=1000'));
    expect(all).toHaveLength(9);
    expect(ids(await list(''))).toEqual(all.slice(0, 1));
    expect(ids(await list(`?limit=3&after=${all[2]}`))).toEqual(all.slice(3, 6));
    expect(await list('?limit=1001')).toMatchObject(refused(400, 50035));
  });

  it('are listed only with the intent, but found without it', async () => {
    await under.act('setIntent', { intent: 'guildMembers', on: false });
    expect(await list('?limit=10')).toMatchObject(refused(403, 50001));
    expect(ids(await list('/search?query=MI&limit=5'))).toEqual([MEMBER_IDS.mira]);
    expect(await list('/search?limit=5')).toMatchObject(refused(400, 50035));
    expect(await list(`/${MEMBER_IDS.rosa}`)).toMatchObject({
      body: { user: { username: 'rosa' }, roles: [] },
    });
    expect(await list('/999')).toMatchObject(refused(404, 10007));
  });
});

describe('a message', () => {
  it('is sent, read, edited and deleted', async () => {
    const id = await under.post(SUPPORT_ID, { content: 'first' });
    expect(await under.call('GET', `${MESSAGES}/${id}`)).toMatchObject({
      body: { content: 'first', edited_timestamp: null },
    });
    expect(await under.call('PATCH', `${MESSAGES}/${id}`, { content: 'second' })).toMatchObject({
      body: { content: 'second', edited_timestamp: expect.any(String) },
    });
    expect(await under.call('DELETE', `${MESSAGES}/${id}`)).toMatchObject({ status: 204 });
    expect(await under.call('GET', `${MESSAGES}/${id}`)).toMatchObject(refused(404, 10008));
  });

  it('comes in pages, newest first', async () => {
    const ids: string[] = [];
    for (let count = 1; count <= 6; count += 1)
      ids.push(await under.post(SUPPORT_ID, { content: `${count}` }));
    const page = (query: string) => under.call('GET', `${MESSAGES}?${query}`).then(contents);
    expect(await page('limit=2')).toEqual(['6', '5']);
    expect(await page(`limit=2&before=${ids[4]}`)).toEqual(['4', '3']);
    expect(await page(`limit=2&after=${ids[1]}`)).toEqual(['4', '3']);
    expect(await page(`limit=3&around=${ids[2]}`)).toEqual(['4', '3', '2']);
    expect(await page('')).toEqual(['6', '5', '4', '3', '2', '1']);
    for (const query of ['limit=0', 'limit=101', `before=${ids[0]}&after=${ids[1]}`]) {
      expect(await under.call('GET', `${MESSAGES}?${query}`)).toMatchObject(refused(400, 50035));
    }
  });

  it.each<[string, object, object]>([
    [
      'too long',
      { content: 'x'.repeat(2001) },
      wrong({ content: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } }),
    ],
    ['empty', { content: ' ' }, refused(400, 50006)],
    ['too many boxes', { embeds: Array(11).fill({ title: 'x' }) }, refused(400, 50035)],
    [
      'boxes that are too full',
      { embeds: Array(2).fill({ description: 'x'.repeat(3001) }) },
      refused(400, 50035),
    ],
    [
      'six rows',
      { components: Array.from({ length: 6 }, (_, index) => buttonRow(`${index}`)) },
      wrong({ components: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } }),
    ],
    [
      'six buttons',
      row(...options(6).map(({ value }) => button({ custom_id: value }))),
      wrong({ components: { 0: { components: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } } } }),
    ],
    [
      'a custom id twice',
      row(button({}), button({})),
      wrong({
        components: {
          0: { components: { 1: { custom_id: { _errors: [{ code: 'COMPONENT_CUSTOM_ID_DUPLICATED' }] } } } },
        },
      }),
    ],
    [
      'a custom id of 101',
      row(button({ custom_id: 'x'.repeat(101) })),
      wrong({
        components: {
          0: { components: { 0: { custom_id: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } } } },
        },
      }),
    ],
    [
      'a label of 81',
      row(button({ label: 'x'.repeat(81) })),
      wrong({
        components: { 0: { components: { 0: { label: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } } } } },
      }),
    ],
    ['a button without a custom id', row(button({ custom_id: undefined })), refused(400, 50035)],
    ['a link with a custom id', row(button({ style: 5, url: 'https://example.com' })), refused(400, 50035)],
    ['26 options', row({ type: 3, custom_id: 'x', options: options(26) }), refused(400, 50035)],
    [
      'an option twice',
      row({ type: 3, custom_id: 'x', options: [...options(1), ...options(1)] }),
      refused(400, 50035),
    ],
    [
      'a select beside a button',
      row(button({}), { type: 5, custom_id: 'y' }),
      wrong({
        components: { 0: { components: { 1: { _errors: [{ code: 'COMPONENT_LAYOUT_WIDTH_EXCEEDED' }] } } } },
      }),
    ],
    [
      'mentions said twice',
      { content: 'x', allowed_mentions: { parse: ['users'], users: [MEMBER_IDS.leo] } },
      refused(400, 50035),
    ],
    ['a nonce of 26', { content: 'x', nonce: 'x'.repeat(26) }, refused(400, 50035)],
  ])('is refused with %s', async (_, body, refusal) => {
    expect(await send(body)).toMatchObject(refusal);
  });

  it('is not sent twice with one enforced nonce', async () => {
    const twice = { content: 'x', nonce: 'ticket-7', enforce_nonce: true };
    const id = await under.post(SUPPORT_ID, twice);
    expect(await under.post(SUPPORT_ID, twice)).toBe(id);
    expect(await under.post(SUPPORT_ID, { ...twice, enforce_nonce: false })).not.toBe(id);
    expect(await under.post(SUPPORT_STAFF_ID, twice)).not.toBe(id);
  });

  it('tells only those whom it may and wants to', async () => {
    const content = `<@${MEMBER_IDS.leo}> <@${MEMBER_IDS.rosa}> <@&${SUPPORT_ROLE_ID}> @everyone`;
    expect(await send({ content })).toMatchObject({
      body: {
        mentions: [{ id: MEMBER_IDS.leo }, { id: MEMBER_IDS.rosa }],
        mention_roles: [SUPPORT_ROLE_ID],
        mention_everyone: false,
      },
    });
    expect(await send({ content, allowed_mentions: { parse: [] } })).toMatchObject({
      body: { mentions: [], mention_roles: [] },
    });
    expect(await send({ content, allowed_mentions: { users: [MEMBER_IDS.leo] } })).toMatchObject({
      body: { mentions: [{ id: MEMBER_IDS.leo }], mention_roles: [] },
    });
    await under.act('setPermissions', { allow: ['MENTION_EVERYONE'] });
    expect(await send({ content })).toMatchObject({ body: { mention_everyone: true } });
  });

  it('of others is empty without the intent, unless it names the bot or is private', async () => {
    const { id: bot } = Object((await under.call('GET', '/users/@me')).body);
    await under.act('setIntent', { on: false });
    await under.post(SUPPORT_ID, { content: 'from the bot' });
    await under.act('write', {
      member: 'leo',
      channel: 'support',
      content: 'secret',
      files: [{ name: 'a.txt', text: 'a' }],
    });
    await under.act('write', { member: 'leo', channel: 'support', content: `hello <@${bot}>` });
    const page = await under.call('GET', MESSAGES);
    expect(contents(page)).toEqual([`hello <@${bot}>`, '', 'from the bot']);
    expect(Object(page.body)[1].attachments).toEqual([]);
    await under.act('setIntent', { on: true });
    expect(contents(await under.call('GET', MESSAGES))).toContain('secret');
  });

  it('has files, by their descriptions, that can be had for a time', async () => {
    const sent = await send(
      form({ content: 'x', attachments: [{ id: 0, filename: 'log 1.txt', description: 'A log' }] }, [
        'a.txt',
        'grüße',
      ]),
    );
    const [file] = Object(sent.body).attachments;
    expect(file).toMatchObject({
      filename: 'log_1.txt',
      description: 'A log',
      size: 7,
      content_type: 'text/plain',
    });
    const url = new URL(file.url);
    const get = (query: string): Promise<SandboxResponse> =>
      under.discord.handle({
        method: 'GET',
        path: url.pathname.replace('/discord', ''),
        query: new URLSearchParams(query),
        headers: {},
        rawBody: Buffer.alloc(0),
      });
    const { status, body } = await get(url.search);
    expect({ status, text: String(body) }).toEqual({ status: 200, text: 'grüße' });
    expect(await get(url.search.replace(/ex=\w/, 'ex=f'))).toMatchObject({ status: 404 });
    const over = new URLSearchParams(url.search);
    await under.act('setLimits', { fileAddressLifeMs: 1 });
    const [fresh] = Object((await under.call('GET', `${MESSAGES}?limit=1`)).body)[0].attachments;
    expect(new URL(fresh.url).searchParams.get('ex')).not.toBe(over.get('ex'));
  });

  it('takes at most ten files of 10 MiB, and drops what an edit does not name', async () => {
    const many = Array.from({ length: 11 }, (_, index): [string, string] => [`${index}.txt`, 'x']);
    expect(await send(form({}, ...many))).toMatchObject(refused(400, 30015));
    expect(await send(form({}, ['big', 'x'.repeat(10 * 1024 * 1024 + 1)]))).toMatchObject(
      refused(400, 50045),
    );
    const { body } = await send(form({ content: 'x' }, ['a', 'a'], ['b', 'b']));
    const { id, attachments } = Object(body);
    const edited = await under.call('PATCH', `${MESSAGES}/${id}`, {
      attachments: [{ id: attachments[1].id }],
    });
    expect(edited).toMatchObject({ body: { attachments: [{ filename: 'b' }] } });
  });

  it('goes to somebody in private, unless they do not take any', async () => {
    const open = () => under.call('POST', '/users/@me/channels', { recipient_id: MEMBER_IDS.leo });
    const { id } = Object((await open()).body);
    expect((await open()).body).toMatchObject({ id, type: 1, recipients: [{ id: MEMBER_IDS.leo }] });
    await under.post(id, { content: 'for you' });
    expect(await under.act('see', { member: 'leo' })).toMatchObject({ direct: [{ content: 'for you' }] });
    await under.act('closeDirectMessages', { member: 'leo' });
    expect(await under.call('POST', `/channels/${id}/messages`, { content: 'x' })).toMatchObject(
      refused(403, 50007),
    );
    await under.act('closeDirectMessages', { member: 'leo', closed: false });
    await under.act('leave', { member: 'leo' });
    expect(await under.call('POST', `/channels/${id}/messages`, { content: 'x' })).toMatchObject(
      refused(403, 50007),
    );
    expect(await under.call('POST', '/users/@me/channels', { recipient_id: '999' })).toMatchObject(
      refused(400, 50033),
    );
  });

  it('has a limit of its own in each channel', async () => {
    await under.act('setLimits', { messageLimit: 1 });
    await under.post(SUPPORT_ID, { content: 'x' });
    expect(await send({ content: 'x' })).toMatchObject({
      status: 429,
      headers: { 'X-RateLimit-Limit': '1' },
    });
    await under.post(SUPPORT_STAFF_ID, { content: 'x' });
  });
});
