import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DiscordDouble } from '../../sandbox/discord';
import {
  APPLICATION_ID,
  BOT_ID,
  MEMBER_IDS,
  SUPPORT_ID,
  SUPPORT_ROLE_ID,
  TICKETS_ID,
} from '../../sandbox/discord/fresh-state';
import { DISCORD_BOT_SECRET, DISCORD_SERVER_ID } from '../../sandbox/identities';
import { isSigned } from '../support/discord';
import { startSandboxUnderTest, type Answered, type SandboxUnderTest } from '../support/sandbox-under-test';
import { validateLog } from './contract';

const HEADERS = {
  authorization: `Bot ${DISCORD_BOT_SECRET}`,
  'user-agent': 'DiscordBot (https://lifecycle.example, 1.0)',
};
const ROWS = [
  {
    type: 1,
    components: [
      { type: 2, style: 1, label: 'Open a ticket', custom_id: 'ticket:new', emoji: { name: '🎫' } },
      { type: 2, style: 5, label: 'Read first', url: 'https://example.com/help' },
    ],
  },
  {
    type: 1,
    components: [
      { type: 3, custom_id: 'ticket:category', options: [{ label: 'Billing', value: 'billing' }] },
    ],
  },
  { type: 1, components: [{ type: 5, custom_id: 'ticket:add:1', placeholder: 'Add somebody' }] },
];
const EMBED = {
  title: 'Plan',
  description: 'Pro',
  color: 1,
  fields: [{ name: 'Since', value: 'May' }],
  footer: { text: 'x' },
};
const MODAL = {
  type: 9,
  data: {
    custom_id: 'ticket:details:billing',
    title: 'Your ticket',
    components: [{ type: 18, label: 'Subject', component: { type: 4, custom_id: 'subject', style: 1 } }],
  },
};

let sandbox: SandboxUnderTest;
let endpoint: Server;
/** Absent: it promises a call of the callback's address. */
let reply: object | undefined;
let interaction: Record<string, unknown> = {};

beforeAll(async () => {
  sandbox = await startSandboxUnderTest({ discord: DiscordDouble });
  endpoint = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      if (!isSigned(headers, body)) return response.writeHead(401).end();
      interaction = JSON.parse(body);
      const answer = interaction.type === 1 ? { type: 1 } : reply;
      if (!answer) return response.writeHead(202).end();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  endpoint.close();
  endpoint.closeAllConnections();
  await sandbox.close();
});
beforeEach(async () => {
  await sandbox.call('POST', '/sandbox/reset');
  await act('setLimits', { messageLimit: 1000, otherLimit: 1000, globalLimit: 1000 });
});

const act = (action: string, input: object = {}) => sandbox.act('discord', action, input);
const call = (method: string, path: string, body?: object) =>
  sandbox.call(method, `/discord${path}`, body, HEADERS);
const register = () =>
  call('PATCH', '/applications/@me', {
    interactions_endpoint_url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`,
  });
const idOf = ({ body }: Answered) => String(Object(body).id);

async function upload(path: string, payload: object): Promise<number> {
  const form = new FormData();
  form.set('payload_json', JSON.stringify(payload));
  form.set('files[0]', new Blob(['a line'], { type: 'text/plain' }), 'transcript.txt');
  const answer = await fetch(`${sandbox.url}/discord${path}`, {
    method: 'POST',
    body: form,
    headers: HEADERS,
  });
  await answer.text();
  return answer.status;
}

describe('a ticket in the Discord double, against Discord’s contract', () => {
  it('is played as it should be, from the panel to the transcript', async () => {
    const statuses: number[] = [];
    const did = async (method: string, path: string, body?: object): Promise<Answered> => {
      const answer = await call(method, path, body);
      statuses.push(answer.status);
      return answer;
    };
    statuses.push((await register()).status);
    await did('GET', '/applications/@me');
    await did('POST', `/channels/${SUPPORT_ID}/messages`, {
      content: 'Need help?',
      components: ROWS,
      embeds: [EMBED],
    });
    reply = { type: 5, data: { flags: 64 } };
    await act('click', { member: 'mira', customId: 'ticket:new' });
    const webhook = `/webhooks/${APPLICATION_ID}/${interaction.token}`;
    await did('GET', `${webhook}/messages/@original`);
    await did('PATCH', `${webhook}/messages/@original`, { content: 'Which one?', components: [ROWS[1]] });
    const followUp = await did('POST', webhook, { content: 'More', flags: 64 });
    await did('GET', `${webhook}/messages/${idOf(followUp)}`);
    await did('PATCH', `${webhook}/messages/${idOf(followUp)}`, { content: 'More of it' });
    reply = MODAL;
    await act('choose', { member: 'mira', customId: 'ticket:category', values: ['billing'] });
    reply = { type: 4, data: { content: 'Opened' } };
    await act('submit', { member: 'mira', values: { subject: 'Invoice' } });
    const made = await did('POST', `/guilds/${DISCORD_SERVER_ID}/channels`, {
      name: 'ticket-1',
      type: 0,
      parent_id: TICKETS_ID,
      topic: 'Ticket 1',
      permission_overwrites: [
        { id: DISCORD_SERVER_ID, type: 0, deny: '1024' },
        { id: MEMBER_IDS.mira, type: 1, allow: '117760' },
        { id: SUPPORT_ROLE_ID, type: 0, allow: '117760' },
        { id: BOT_ID, type: 1, allow: '117760' },
      ],
    });
    const channel = `/channels/${idOf(made)}`;
    const nonce = { nonce: 'ticket-1', enforce_nonce: true, allowed_mentions: { users: [MEMBER_IDS.mira] } };
    const opening = await did('POST', `${channel}/messages`, { content: `<@${MEMBER_IDS.mira}>`, ...nonce });
    await act('write', {
      member: 'mira',
      channel: 'ticket-1',
      content: 'Twice',
      files: [{ name: 'a.txt', text: 'a' }],
    });
    statuses.push(
      await upload(`${channel}/messages`, {
        content: 'x',
        attachments: [{ id: '0', description: 'All of it' }],
      }),
    );
    await did('GET', `${channel}/messages?limit=2`);
    await did('GET', `${channel}/messages?limit=2&before=${idOf(opening)}`);
    await did('GET', `${channel}/messages/${idOf(opening)}`);
    await did('PATCH', `${channel}/messages/${idOf(opening)}`, { content: 'Closed', components: [] });
    await did('PUT', `${channel}/permissions/${MEMBER_IDS.mira}`, { type: 1, allow: '66560', deny: '2048' });
    await did('DELETE', `${channel}/permissions/${MEMBER_IDS.mira}`);
    const direct = await did('POST', '/users/@me/channels', { recipient_id: MEMBER_IDS.mira });
    await did('GET', `/channels/${idOf(direct)}`);
    statuses.push(await upload(`/channels/${idOf(direct)}/messages`, { content: 'Your transcript' }));
    await did('GET', `/guilds/${DISCORD_SERVER_ID}/members?limit=100`);
    await did('GET', `/guilds/${DISCORD_SERVER_ID}/members/search?query=mi&limit=5`);
    await did('GET', `/guilds/${DISCORD_SERVER_ID}/members/${MEMBER_IDS.mira}`);
    await did('PATCH', channel, { parent_id: null, name: 'closed-1' });
    await did('DELETE', `${channel}/messages/${idOf(opening)}`);
    await did('DELETE', channel);
    await did('DELETE', `${webhook}/messages/${idOf(followUp)}`);
    await did('DELETE', `${webhook}/messages/@original`);
    await did('GET', `/guilds/${DISCORD_SERVER_ID}/channels`);
    expect(statuses.filter((status) => status >= 400)).toEqual([]);
    const log = await sandbox.log();
    expect(log.length).toBeGreaterThan(25);
    expect(validateLog(log)).toEqual([]);
  });

  it('can be answered by calls, as it should be', async () => {
    await register();
    await call('POST', `/channels/${SUPPORT_ID}/messages`, { content: 'x', components: ROWS });
    await act('setLimits', { firstAnswerMs: 1000 });
    for (const answer of [
      { type: 4, data: { content: 'x', flags: 64 } },
      { type: 5, data: { flags: 64 } },
      { type: 6 },
      { type: 7, data: { content: 'y' } },
      MODAL,
    ]) {
      const before = interaction.id;
      reply = undefined;
      const clicked = act('click', { member: 'leo', customId: 'ticket:new' });
      while (interaction.id === before) await new Promise((resolve) => setTimeout(resolve, 5));
      const path = `/interactions/${interaction.id}/${interaction.token}/callback?with_response=true`;
      expect(await call('POST', path, answer)).toMatchObject({ status: 200 });
      expect(await clicked).toMatchObject({ status: 'answered', answerType: answer.type });
      expect(await call('POST', path, answer)).toMatchObject({ status: 400, body: { code: 40060 } });
    }
    expect(validateLog(await sandbox.log())).toEqual([]);
  });

  it('is refused as it should be', async () => {
    const path = `/channels/${SUPPORT_ID}/messages`;
    const codes = async (method: string, at: string, body?: object) =>
      Object((await call(method, at, body)).body).code;
    expect([
      await codes('POST', path, { content: '' }),
      await codes('GET', `${path}/999`),
      await codes('POST', `/channels/${TICKETS_ID}/messages`, { content: 'x' }),
      await codes('GET', `/webhooks/${APPLICATION_ID}/none/messages/@original`),
      await codes('POST', '/interactions/1/none/callback', { type: 6 }),
      await codes('POST', '/users/@me/channels', { recipient_id: '999' }),
      await codes('GET', `/guilds/${DISCORD_SERVER_ID}/members/999`),
    ]).toEqual([50006, 10008, 50008, 50027, 10062, 50033, 10007]);
    expect(validateLog(await sandbox.log())).toEqual([]);
  });
});
