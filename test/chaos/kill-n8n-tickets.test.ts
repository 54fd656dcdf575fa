import { describe, expect, it } from '@jest/globals';
import type { Ticket } from '../../store';
import { useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { BEFORE, HELD } from '../support/kill';
import { REMINDING, useTickets, type Done } from '../support/tickets';
import { until } from '../support/until';
import { healed } from '../support/users';

const campaign = useCampaign({ published: ['intake', 'on-error', 'support-tickets'], added: [REMINDING] });
const editor = useEditorApi(campaign);
const tickets = useTickets(campaign, editor);
const STAFF_CHANNEL = '1100000000000000032';
const LOG_CHANNEL = '1100000000000000033';

interface Rule {
  method: string;
  path: string;
  times: number;
}

/** Kills n8n when it has made the call that a rule is for, and lets everything come to its end after the restart. */
async function killWhenReached(rule: Rule): Promise<void> {
  await until(() => campaign.hasReached('discord', rule), `n8n to call ${rule.method} ${rule.path}`);
  await campaign.stack.n8n.kill();
  await campaign.stack.n8n.start();
  await healed(campaign, 'discord');
}

async function theOnlyTicket(): Promise<Ticket> {
  const [ticket, ...others] = await tickets.tickets();
  expect(others).toEqual([]);
  if (!ticket) throw new Error('There is no ticket.');
  return ticket;
}

/** One ticket, one channel, one opening message, staff told once; the member knows where to go. */
async function expectOneTicket(member: string, done: Done): Promise<Ticket> {
  const ticket = await theOnlyTicket();
  expect(ticket.state).toBe('open');
  expect((await tickets.channels()).map(({ id }) => id)).toEqual([ticket.channelId]);
  expect(await tickets.read(member, String(ticket.channelId))).toHaveLength(1);
  expect(await tickets.read('nora', 'support-staff')).toHaveLength(1);
  expect((await tickets.replied(member, done)).content).toBe(`Your ticket is ready: <#${ticket.channelId}>`);
  await tickets.expectReaders(ticket, member);
  return ticket;
}

describe('n8n killed with kill -9 while it opens a ticket', () => {
  it.each([
    ['before the channel is made', { method: 'POST', path: '^/guilds/\\d+/channels$', ...BEFORE }],
    ['when the channel is made', { method: 'POST', path: '^/guilds/\\d+/channels$', ...HELD }],
    ['before the opening message', { method: 'POST', path: '^/channels/\\d+/messages$', ...BEFORE }],
    ['when the opening message is there', { method: 'POST', path: '^/channels/\\d+/messages$', ...HELD }],
    ['before the member is told', { method: 'PATCH', path: '^/webhooks/', ...BEFORE }],
    ['when the member is told', { method: 'PATCH', path: '^/webhooks/', ...HELD }],
    ['before staff is told', { method: 'POST', path: `^/channels/${STAFF_CHANNEL}/messages$`, ...BEFORE }],
    ['when staff is told', { method: 'POST', path: `^/channels/${STAFF_CHANNEL}/messages$`, ...HELD }],
  ])(
    '%s: there is one channel with one opening message, and staff is told once',
    async (_case, rule) => {
      await tickets.askForForm('mira');
      await campaign.fail('discord', rule);
      const done = await tickets.submit('mira', { subject: 'Killed', description: 'Halfway' });
      await killWhenReached(rule);
      await expectOneTicket('mira', done);
    },
    180_000,
  );
});

describe('n8n killed with kill -9 while it closes a ticket', () => {
  it.each([
    ['before the channel is read-only', { method: 'PUT', path: '/permissions/', ...BEFORE }],
    ['when the channel is read-only', { method: 'PUT', path: '/permissions/', ...HELD }],
    ['while it reads the messages', { method: 'GET', path: '^/channels/\\d+/messages$', ...BEFORE }],
    ['before the private conversation', { method: 'POST', path: '^/users/@me/channels$', ...BEFORE }],
    ['before the opener gets the transcript', { method: 'POST', path: '/messages$', ...BEFORE }],
    ['when the opener has the transcript', { method: 'POST', path: '/messages$', ...HELD }],
    ['before the log has it', { method: 'POST', path: `^/channels/${LOG_CHANNEL}/messages$`, ...BEFORE }],
    ['when the log has it', { method: 'POST', path: `^/channels/${LOG_CHANNEL}/messages$`, ...HELD }],
    ['before whoever closes it is told', { method: 'PATCH', path: '^/webhooks/', ...BEFORE }],
    ['when whoever closes it is told', { method: 'PATCH', path: '^/webhooks/', ...HELD }],
  ])(
    '%s: the transcript is complete, once in the log and once with the opener',
    async (_case, rule) => {
      const ticket = await tickets.open('mira');
      const channel = String(ticket.channelId);
      await tickets.write('mira', channel, 'The first line', { name: 'bill.txt', text: 'Bill' });
      await tickets.write('nora', channel, 'The second line');
      await tickets.click('nora', `ticket:close:${ticket.number}`);
      await campaign.fail('discord', rule);
      const done = await tickets.submit('nora', { reason: 'Solved' });
      await killWhenReached(rule);

      expect((await theOnlyTicket()).state).toBe('closed');
      expect((await tickets.replied('nora', done)).content).toBe('The ticket is closed.');
      const log = await tickets.read('nora', 'ticket-log');
      const { direct } = await tickets.see('mira');
      expect(log.map(({ files }) => files.length)).toEqual([3]);
      expect(direct.map(({ files }) => files.length)).toEqual([2]);
      for (const { channelId } of [...log, ...direct]) {
        const text = await tickets.file(channelId, `ticket-${ticket.number}.txt`);
        expect(text).toMatch(/The first line[^]*The second line/);
      }
      const messages = await tickets.read('mira', channel);
      expect(messages.map(({ isBots }) => isBots)).toEqual([true, false, false, true]);
      await expect(tickets.write('mira', channel, 'Too late')).rejects.toThrow('may not write');
      await tickets.expectReaders(ticket, 'mira');
    },
    180_000,
  );
});

describe('n8n killed with kill -9 while a ticket', () => {
  it.each([
    ['is claimed', 'ticket:claim', { method: 'POST', path: '^/channels/\\d+/messages$', ...HELD }],
    ['gets another person', 'ticket:add', { method: 'PUT', path: '/permissions/', ...HELD }],
    ['is moved', 'ticket:move', { method: 'PATCH', path: '^/channels/\\d+/messages/', ...HELD }],
  ])(
    '%s: it has happened once',
    async (_case, customId, rule) => {
      const ticket = await tickets.open('mira');
      await campaign.fail('discord', rule);
      const [pressed, values] = [
        `${customId}:${ticket.number}`,
        { 'ticket:add': ['jonas'], 'ticket:move': ['other'] },
      ];
      const chosen = Object.entries(values).find(([id]) => id === customId)?.[1];
      const done = await (chosen ? tickets.choose('tom', pressed, ...chosen) : tickets.click('tom', pressed));
      await killWhenReached(rule);
      await tickets.replied('tom', done, /^(The ticket is yours|<@\d+> is in|Moved to Something else)\.$/);
      expect(await tickets.read('mira', String(ticket.channelId))).toHaveLength(2);
      await tickets.expectReaders(ticket, 'mira', ...(customId === 'ticket:add' ? ['jonas'] : []));
    },
    180_000,
  );

  it.each([
    ['is reopened', { method: 'PUT', path: '/permissions/', ...HELD }],
    ['is reopened, its channel writable', { method: 'POST', path: '^/channels/\\d+/messages$', ...HELD }],
  ])(
    '%s: it is open, and can be closed again with all that was written',
    async (_case, rule) => {
      const ticket = await tickets.open('mira');
      const channel = String(ticket.channelId);
      await tickets.write('mira', channel, 'The first line');
      await tickets.close('nora', ticket);
      await campaign.fail('discord', rule);
      const done = await tickets.click('mira', `ticket:reopen:${ticket.number}`);
      await killWhenReached(rule);
      await tickets.replied('mira', done, /open again/);
      await tickets.write('mira', channel, 'The second line');
      await tickets.close('mira', ticket);
      const [, second] = await tickets.read('nora', 'ticket-log');
      const text = await tickets.file(second?.channelId ?? '', `ticket-${ticket.number}-2.txt`);
      expect(text).toMatch(/The first line[^]*The second line/);
    },
    180_000,
  );

  it('is finished: its channel is gone, and the transcript is there', async () => {
    const ticket = await tickets.open('mira');
    await tickets.close('nora', ticket);
    await campaign.sql(`update lifecycle.ticket set finish_due_at = now()`);
    const rule = { method: 'DELETE', path: '^/channels/\\d+$', ...HELD };
    await campaign.fail('discord', rule);
    const run = tickets.remind().catch(() => false);
    await until(() => campaign.hasReached('discord', rule), 'n8n to delete the channel');
    await campaign.stack.n8n.kill();
    await campaign.stack.n8n.start();
    await run;
    await campaign.fail('discord');
    await until(() => tickets.remind(), 'the next round');
    const [finished] = await tickets.tickets();
    expect(finished).toMatchObject({ state: 'finished', transcriptMessages: expect.any(Number) });
    expect(await tickets.channels()).toEqual([]);
  }, 180_000);
});
