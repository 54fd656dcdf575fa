import { afterEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../../store';
import { useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { REMINDING, useTickets } from '../support/tickets';
import { until } from '../support/until';
import { expectAllDone, healed } from '../support/users';

const ON_DUTY = { onDuty: ['nora', 'tom'] };
const campaign = useCampaign({
  published: ['intake', 'on-error', 'support-tickets'],
  added: [REMINDING],
  parameters: { 'support-tickets-notify-new': ON_DUTY, 'support-tickets-notify-moved': ON_DUTY },
});
const editor = useEditorApi(campaign);
const tickets = useTickets(campaign, editor);
const MIRA = 'mira.vogel@example.com';
const SORRY = /^Sorry, this did not work/;

const deliveries = () => campaign.deliveriesTo('Support tickets');
const fileText = (name: string, text: string) => ({ name, text });

describe('a ticket', () => {
  afterEach(() => expectAllDone(campaign));

  it('goes its way from the button to the transcript, as different members', async () => {
    await campaign.sql(
      `insert into lifecycle.customer (email, name, tier) values ('${MIRA}', 'Mira Vogel', 'pro')`,
    );
    const opened = await tickets.open('mira', { email: MIRA.toUpperCase() });
    const { number, channelId } = opened;
    const channel = String(channelId);
    expect(opened).toMatchObject({ state: 'open', category: 'billing', customerEmail: MIRA });
    await tickets.expectReaders(opened, 'mira');
    const { channels } = await tickets.see('mira');
    expect(channels.find(({ id }) => id === channelId)).toMatchObject({
      name: `ticket-${String(number).padStart(4, '0')}`,
      category: 'Tickets',
      mayWrite: true,
    });
    const [opening] = await tickets.read('mira', channel);
    expect(opening).toMatchObject({ isBots: true, content: expect.stringMatching(/^<@\d+> Thank you/) });
    expect(JSON.stringify(await tickets.read('mira', channel))).not.toMatch(/Mira Vogel|Plan/);

    const [notice] = await tickets.read('nora', 'support-staff');
    expect(notice?.mentions.userIds).toEqual([opened.assigneeId]);
    expect(notice?.embeds[0]?.fields).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'Customer', value: expect.stringContaining('Mira Vogel') }),
        expect.objectContaining({ name: 'Plan', value: expect.stringContaining('pro') }),
      ]),
    );

    await tickets.write(
      'mira',
      channel,
      'The invoice of May <script>alert(1)</script> @everyone',
      fileText('may.txt', 'Invoice 7'),
    );
    await tickets.write('nora', channel, 'Let me look.');
    const refusal = await tickets.replied('mira', await tickets.click('mira', `ticket:claim:${number}`));
    expect(refusal.content).toBe('Only our team can take care of a ticket.');
    await tickets.replied('tom', await tickets.click('tom', `ticket:claim:${number}`), /is yours/);
    await tickets.replied('nora', await tickets.click('nora', `ticket:claim:${number}`), /Tom .*already/);

    await tickets.replied('tom', await tickets.choose('tom', `ticket:add:${number}`, 'jonas'), /is in/);
    await tickets.expectReaders(opened, 'mira', 'jonas');
    await tickets.write('jonas', channel, 'I have the same.');
    await tickets.replied(
      'nora',
      await tickets.choose('nora', `ticket:move:${number}`, 'technical'),
      /Technical/,
    );
    await campaign.allSettled();
    expect(await tickets.ticket(number)).toMatchObject({
      category: 'technical',
      people: [expect.any(String)],
    });
    expect(await tickets.read('nora', 'support-staff')).toHaveLength(2);

    expect((await tickets.close('nora', opened, 'Sent it once more')).content).toBe('The ticket is closed.');
    const closed = await tickets.ticket(number);
    expect(closed).toMatchObject({
      state: 'closed',
      closeReason: 'Sent it once more',
      closedByName: 'Nora (support)',
    });
    expect(closed.firstAnswerAt).not.toBeNull();
    await tickets.expectReaders(opened, 'mira', 'jonas');
    await expect(tickets.write('mira', channel, 'One more thing')).rejects.toThrow('may not write');

    const [log, ...moreLogs] = await tickets.read('nora', 'ticket-log');
    expect(moreLogs).toEqual([]);
    expect(log?.files.map(({ name }) => name)).toEqual([
      `ticket-${number}.txt`,
      `ticket-${number}.html`,
      expect.stringContaining('may.txt'),
    ]);
    const [direct, ...more] = (await tickets.see('mira')).direct;
    expect(more).toEqual([]);
    expect(direct?.files.map(({ name }) => name)).toEqual([`ticket-${number}.txt`, `ticket-${number}.html`]);
    const text = await tickets.file(direct?.channelId ?? '', `ticket-${number}.txt`);
    const said = ['The invoice of May', 'Let me look.', 'I have the same.'].map((line) => text.indexOf(line));
    expect(said).toEqual([...said].sort((one, other) => one - other));
    expect(Math.min(...said)).toBeGreaterThan(0);
    const html = await tickets.file(log?.channelId ?? '', `ticket-${number}.html`);
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain('<script>alert');

    await tickets.replied('mira', await tickets.click('mira', `ticket:reopen:${number}`), /open again/);
    await tickets.write('mira', channel, 'It is another one.');
    expect((await tickets.close('mira', opened)).content).toBe('The ticket is closed.');
    expect(await tickets.read('nora', 'ticket-log')).toHaveLength(2);
    const again = await tickets.file(direct?.channelId ?? '', `ticket-${number}-2.txt`);
    expect(again).toContain('Let me look.');
    expect(again).toContain('It is another one.');

    expect(await tickets.remind()).toBe(true);
    expect((await tickets.ticket(number)).state).toBe('closed');
    await campaign.sql(`update lifecycle.ticket set finish_due_at = now()`);
    expect(await tickets.remind()).toBe(true);
    expect(await tickets.ticket(number)).toMatchObject({ state: 'finished' });
    expect(await tickets.channels()).toEqual([]);
    const store = await openStore(campaign.stack.databaseUrl);
    expect((await store.tickets.transcript(number))?.text).toBe(again);
  });

  it('goes to whoever on duty has fewer, and staff is told of each', async () => {
    const first = await tickets.open('mira');
    const second = await tickets.open('jonas');
    const assigned = [first, second].map(({ assigneeName }) => assigneeName);
    expect(assigned.sort()).toEqual(['Nora (support)', 'Tom (support)']);
    expect(await tickets.read('tom', 'support-staff')).toHaveLength(2);
    await tickets.expectReaders(first, 'mira');
    await tickets.expectReaders(second, 'jonas');
  });

  it('is one, however often the buttons and the form are pressed', async () => {
    const pressed = await Promise.all([
      tickets.click('mira', 'ticket:new'),
      tickets.click('mira', 'ticket:new'),
    ]);
    await Promise.all(pressed.map((done) => tickets.replied('mira', done, /about/)));
    await tickets.choose('mira', 'ticket:category', 'billing');
    await tickets.choose('mira', 'ticket:category', 'setup');
    const values = { subject: 'Twice', description: 'At once' };
    const forms = await Promise.all([
      tickets.submit('mira', values, 'ticket:details:billing'),
      tickets.submit('mira', values, 'ticket:details:setup'),
    ]);
    const replies = await Promise.all(forms.map((done) => tickets.replied('mira', done)));
    expect(replies.map(({ content }) => content.replace(/\d+/g, '')).sort()).toEqual([
      'You have opened a ticket just now. You can open another one <t::R>.',
      'Your ticket is ready: <#>',
    ]);
    await campaign.allSettled();
    expect(await tickets.tickets()).toHaveLength(1);
    expect(await tickets.channels()).toHaveLength(1);
  });

  it('is refused, in words, to who has opened one just now, or has two', async () => {
    await tickets.open('mira');
    const tooSoon = await tickets.replied('mira', await tickets.click('mira', 'ticket:new'));
    expect(tooSoon.content).toMatch(/just now. You can open another one <t:\d+:R>/);
    await campaign.sql(`update lifecycle.ticket set opened_at = opened_at - interval '10 minutes'`);
    await tickets.open('mira');
    await campaign.sql(`update lifecycle.ticket set opened_at = opened_at - interval '10 minutes'`);
    const tooMany = await tickets.replied('mira', await tickets.click('mira', 'ticket:new'));
    expect(tooMany.content).toMatch(/^You have 2 tickets open already: <#\d+>, <#\d+>/);
    expect(await tickets.channels()).toHaveLength(2);
  });

  it('is closed by one of two who close it at once', async () => {
    const opened = await tickets.open('mira');
    const { number } = opened;
    const staff = ['nora', 'tom'];
    for (const member of staff) await tickets.click(member, `ticket:close:${number}`);
    const done = await Promise.all(
      staff.map((member) => tickets.submit(member, { reason: member }, `ticket:closing:${number}`)),
    );
    const replies = await Promise.all(done.map((each, index) => tickets.replied(staff[index] ?? '', each)));
    expect(replies.map(({ content }) => content).sort()).toEqual([
      'The ticket is closed.',
      expect.stringMatching(/^This ticket (was closed|is being closed) by (Nora|Tom)/),
    ]);
    expect(await tickets.read('nora', 'ticket-log')).toHaveLength(1);
    expect((await tickets.see('mira')).direct).toHaveLength(1);
  });

  it('opens in the next category when one is full', async () => {
    await campaign.act('discord', 'setLimits', { mostChannelsInCategory: 1 });
    await tickets.open('mira');
    const second = await tickets.open('jonas');
    const { channels } = await tickets.see('jonas');
    expect(channels.find(({ id }) => id === second.channelId)?.category).toBe('Tickets 2');
    await tickets.expectReaders(second, 'jonas');
  });

  it('is closed with what is known when its channel was deleted', async () => {
    const opened = await tickets.open('mira');
    await campaign.act('discord', 'deleteChannel', { channel: opened.channelId });
    expect(await tickets.remind()).toBe(true);
    expect(await tickets.ticket(opened.number)).toMatchObject({
      state: 'closed',
      closeReason: 'The channel was deleted.',
    });
    const [log] = await tickets.read('nora', 'ticket-log');
    const text = await tickets.file(log?.channelId ?? '', `ticket-${opened.number}.txt`);
    expect(text).toContain('The channel was deleted in Discord');
    expect(text).toContain('I cannot find it.');
  });

  it('is opened once, and told of, when the reply comes too late', async () => {
    const done = await tickets.askForForm('mira');
    expect(done.modal).not.toBeNull();
    await campaign.act('discord', 'setLimits', { tokenLifeMs: 1 });
    await tickets.submit('mira', { subject: 'Late', description: 'Very' });
    await campaign.allSettled();
    expect(await tickets.channels()).toHaveLength(1);
    const [{ channelId } = { channelId: null }] = await tickets.tickets();
    const [opening] = await tickets.read('mira', channelId ?? '');
    expect(opening?.mentions.userIds).toHaveLength(1);
  });

  it('is opened once through rate limits', async () => {
    await tickets.askForForm('mira');
    await campaign.act('discord', 'hitSharedLimit', { times: 4, retryAfterMs: 300 });
    const done = await tickets.submit('mira', { subject: 'Busy', description: 'Very' });
    await tickets.replied('mira', done, /is ready/);
    await campaign.allSettled();
    expect(await tickets.channels()).toHaveLength(1);
  });

  it('that is moved there and back is told to staff each time', async () => {
    const opened = await tickets.open('mira');
    for (const category of ['technical', 'billing']) {
      const done = await tickets.choose('tom', `ticket:move:${opened.number}`, category);
      await tickets.replied('tom', done, /^Moved to/);
      await campaign.allSettled();
    }
    const told = await tickets.read('nora', 'support-staff');
    expect(told).toHaveLength(3);
    const { assigneeId } = await tickets.ticket(opened.number);
    expect(told[2]?.mentions.userIds).toEqual([assigneeId]);
  });

  it('waits while nothing of Discord answers', async () => {
    await tickets.askForForm('mira');
    await campaign.fail('discord', { drop: 'before' });
    const done = await tickets.submit('mira', { subject: 'Gone', description: 'Very' });
    await until(
      async () => (await deliveries()).some(({ state }) => state === 'failed'),
      'the first try to fail',
    );
    await healed(campaign, 'discord');
    await tickets.replied('mira', done, /is ready/);
    expect(await tickets.channels()).toHaveLength(1);
  });

  it('waits while Discord is down, and the member is told so', async () => {
    await tickets.askForForm('mira');
    await campaign.fail('discord', { path: '^/(guilds|channels)', status: 503, body: {} });
    const done = await tickets.submit('mira', { subject: 'Down', description: 'Very' });
    await tickets.replied('mira', done, /tried again by itself/);
    await healed(campaign, 'discord');
    await tickets.replied('mira', done, /is ready/);
    expect(await tickets.channels()).toHaveLength(1);
    expect(await tickets.read('nora', 'support-staff')).toHaveLength(1);
  });

  it('says in the log when the opener takes no direct messages', async () => {
    const opened = await tickets.open('rosa');
    await campaign.act('discord', 'closeDirectMessages', { member: 'rosa' });
    expect((await tickets.close('ines', opened)).content).toMatch(/could not be sent to its opener/);
    const [log] = await tickets.read('nora', 'ticket-log');
    expect(log?.embeds[0]?.description).toContain('accepts no direct messages');
    expect(log?.files).toHaveLength(2);
  });
});

describe('what somebody has to put right first', () => {
  it('is said to admins, and to the member that it did not work: permissions', async () => {
    await tickets.askForForm('mira');
    await campaign.act('discord', 'setPermissions', { deny: ['MANAGE_CHANNELS'] });
    const done = await tickets.submit('mira', { subject: 'No', description: 'Way' });
    await tickets.replied('mira', done, SORRY);
    await campaign.allSettled();
    const [dead] = await deliveries();
    expect(dead).toMatchObject({
      state: 'dead',
      lastFailure: { message: expect.stringContaining('Manage Channels') },
    });
    expect(await tickets.tickets()).toEqual([]);
    await campaign.act('discord', 'setPermissions', { allow: ['MANAGE_CHANNELS'] });
    await campaign.replayDead();
    await tickets.replied('mira', done, /is ready/);
    await campaign.allSettled();
    expect(await tickets.channels()).toHaveLength(1);
    await expectAllDone(campaign);
  });

  it('leaves the ticket open: the message content intent', async () => {
    const opened = await tickets.open('mira');
    await tickets.write('mira', String(opened.channelId), 'Not to be lost.');
    await campaign.act('discord', 'setIntent', { on: false });
    expect((await tickets.close('nora', opened)).content).toMatch(SORRY);
    expect((await tickets.ticket(opened.number)).state).toBe('open');
    await campaign.act('discord', 'setIntent', { on: true });
    expect((await tickets.close('nora', opened)).content).toBe('The ticket is closed.');
    const text = await tickets.file(
      (await tickets.read('nora', 'ticket-log'))[0]?.channelId ?? '',
      `ticket-${opened.number}.txt`,
    );
    expect(text).toContain('Not to be lost.');
  });

  it('leaves the ticket open and its channel writable: the log channel', async () => {
    const opened = await tickets.open('mira');
    await campaign.act('discord', 'setPermissions', { channel: 'ticket-log', deny: ['SEND_MESSAGES'] });
    expect((await tickets.close('nora', opened)).content).toMatch(SORRY);
    await tickets.write('mira', String(opened.channelId), 'Are you there?');
    await campaign.act('discord', 'setPermissions', { channel: 'ticket-log', allow: ['SEND_MESSAGES'] });
    expect((await tickets.close('nora', opened)).content).toBe('The ticket is closed.');
    expect((await tickets.see('mira')).direct.at(-1)?.files).toHaveLength(2);
    await until(async () => (await tickets.read('nora', 'ticket-log')).length === 1, 'the log');
  });

  it('a channel that goes while somebody takes the ticket doubles nothing', async () => {
    const opened = await tickets.open('mira');
    await campaign.fail('discord', { method: 'GET', path: '/roles$', latencyMs: 1_500, times: 1 });
    await tickets.click('nora', `ticket:claim:${opened.number}`);
    await campaign.act('discord', 'deleteChannel', { channel: opened.channelId });
    await campaign.allSettled();
    expect(await tickets.remind()).toBe(true);
    expect((await tickets.ticket(opened.number)).state).toBe('closed');
    expect(await tickets.channels()).toEqual([]);
  });
});

describe('time', () => {
  it('reminds staff of an answer, the opener of silence, and closes', async () => {
    const opened = await tickets.open('mira');
    const { number } = opened;
    expect(await tickets.remind()).toBe(true);
    expect(await tickets.read('nora', 'support-staff')).toHaveLength(1);
    await campaign.sql(`update lifecycle.ticket set opened_at = now() - interval '2 hours'`);
    expect([await tickets.remind(), await tickets.remind()]).toEqual([true, true]);
    const told = await tickets.read('nora', 'support-staff');
    expect(told).toHaveLength(2);
    expect(told[1]?.embeds[0]?.description).toBe('Nobody has answered yet.');

    await campaign.sql(`update lifecycle.ticket set last_activity_at = now() - interval '4 days'`);
    expect([await tickets.remind(), await tickets.remind()]).toEqual([true, true]);
    const messages = await tickets.read('mira', String(opened.channelId));
    expect(
      messages.filter(({ embeds }) => embeds[0]?.description?.includes('Can we do anything else')),
    ).toHaveLength(1);
    await campaign.sql(
      `update lifecycle.ticket set reminded_at = reminded_at - interval '3 days', last_activity_at = last_activity_at - interval '4 days'`,
    );
    expect(await tickets.remind()).toBe(true);
    expect(await tickets.ticket(number)).toMatchObject({
      state: 'closed',
      closedById: null,
      closeReason: 'Nobody has written for some days.',
    });
    expect(await tickets.read('nora', 'ticket-log')).toHaveLength(1);
  });

  it('does the rest when one ticket fails, and says which', async () => {
    const [silent, over, locked] = [
      await tickets.open('mira'),
      await tickets.open('jonas'),
      await tickets.open('leo'),
    ];
    await tickets.close('nora', over);
    await campaign.act('discord', 'setPermissions', { channel: locked.channelId, deny: ['VIEW_CHANNEL'] });
    await campaign.act('discord', 'setPermissions', { channel: 'support-staff', deny: ['SEND_MESSAGES'] });
    await campaign.sql(`update lifecycle.ticket set opened_at = now() - interval '2 hours', finish_due_at = now()
      where number in (${silent.number}, ${over.number})`);
    expect(await tickets.remind()).toBe(false);
    expect((await tickets.ticket(over.number)).state).toBe('finished');
    const [run] = (await campaign.runs('reminding-by-call')).slice(-1);
    expect(run?.data).toContain(`Ticket ${silent.number}: `);
    await campaign.act('discord', 'setPermissions', { channel: 'support-staff', allow: ['SEND_MESSAGES'] });
    expect(await tickets.remind()).toBe(true);
    expect((await tickets.read('nora', 'support-staff')).at(-1)?.content).toContain(`<#${silent.channelId}>`);
  });
});
