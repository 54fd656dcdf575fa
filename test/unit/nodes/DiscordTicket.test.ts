import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleDiscordApi } from '../../../credentials/LifecycleDiscordApi.credentials';
import { DiscordTicket } from '../../../nodes/DiscordTicket/DiscordTicket.node';
import { connectionUrlOf } from '../../../nodes/shared/store';
import { DiscordDouble } from '../../../sandbox/discord';
import { DISCORD_BOT_SECRET, DISCORD_SERVER_ID } from '../../../sandbox/identities';
import { openStore, type Store } from '../../../store';
import { executeNode, type FilledCredential } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';

interface DiscordState {
  channels: Array<{ id: string; name: string; topic: string | null }>;
  members: Array<{ id: string; name: string; roleIds: string[] }>;
  roles: Array<{ id: string; name: string }>;
}

const database = useStore();
let store: Store;
let discord: TestSandbox;
let credential: FilledCredential;
let interactions = 0;

beforeEach(async () => {
  store = await openStore(connectionUrlOf(storeCredential(database.url()).data));
  await database.sql('truncate lifecycle.ticket restart identity');
  discord = await startTestSandbox('discord', DiscordDouble);
  await discord.act('setLimits', { inviteLimit: 1_000, otherLimit: 1_000, globalLimit: 1_000 });
  credential = {
    type: new LifecycleDiscordApi(),
    data: { url: discord.url, botToken: DISCORD_BOT_SECRET, serverId: DISCORD_SERVER_ID },
  };
});
afterEach(() => discord.close());
afterAll(() => store.close());

const named = (value: string) => ({ __rl: true, mode: 'name', value });
const PLACES: INodeParameters = {
  panelChannel: named('support'),
  channelCategory: named('Tickets'),
  staffRole: named('Support'),
  staffChannel: named('support-staff'),
  logChannel: named('ticket-log'),
  archiveCategory: named('Ticket archive'),
};

/** Output by output, what an operation gives for an item. */
async function run(
  operation: string,
  item: IDataObject,
  more: INodeParameters = {},
): Promise<IDataObject[][]> {
  const resource = operation === 'publish' ? 'panel' : 'ticket';
  const parameters = { ...PLACES, resource, operation, ...more };
  const credentials = [credential, storeCredential(database.url())];
  const outputs = await executeNode({ node: new DiscordTicket(), parameters, credentials }, [item]);
  return outputs.map((output) => output.map(({ json }) => json));
}

const state = () => discord.state<DiscordState>();
const ticketChannels = async () => (await state()).channels.filter(({ name }) => name.startsWith('ticket-0'));

/** An item about what a member did, as the Event Trigger gives it. */
async function did(name: string, customId: string, data: IDataObject = {}): Promise<IDataObject> {
  const member = (await state()).members.find((each) => each.name === name);
  interactions += 1;
  return {
    event: {
      id: `${interactions}`,
      source: 'discord',
      payload: {
        id: `${1_445_000_000_000_000_000n + BigInt(interactions)}`,
        application_id: '1100000000000000004',
        member: { user: { id: member?.id, username: name }, roles: member?.roleIds ?? [], permissions: '0' },
        data: { custom_id: customId, ...data },
      },
    },
    delivery: { id: '7', lease: 'lease', attempt: 1 },
  };
}

const form = (fields: Record<string, string>): IDataObject => ({
  components: Object.entries(fields).map(([key, value]) => ({
    type: 18,
    component: { custom_id: key, value },
  })),
});
const FORM = form({ subject: 'Invoice <b>', description: '@everyone hello', email: '' });

async function openOne(): Promise<IDataObject> {
  const [[opened] = []] = await run('open', await did('mira', 'ticket:details:billing', FORM));
  expect(opened?.failure).toBeUndefined();
  return opened ?? {};
}

describe('the Discord Ticket node', () => {
  it('opens one channel for a form, however often it is worked on', async () => {
    const item = await did('mira', 'ticket:details:billing', FORM);
    const [[first] = []] = await run('open', item);
    const [[second] = []] = await run('open', item);
    expect([first?.failure, second?.failure]).toEqual([undefined, undefined]);
    expect(await ticketChannels()).toMatchObject([{ name: 'ticket-0001' }]);
  });

  it.each([
    ['the channel', '/guilds/\\d+/channels'],
    ['the first message', '/channels/\\d+/messages'],
  ])('finds what an earlier try lost the answer of: %s', async (_what, path) => {
    const item = await did('mira', 'ticket:details:billing', FORM);
    await discord.fail({ method: 'POST', path, times: 1, drop: 'after' });
    const [[failed] = []] = await run('open', item);
    expect(failed?.failure).toMatchObject({ retryable: true });
    const [[opened] = []] = await run('open', item);
    expect(opened?.failure).toBeUndefined();
    expect(await ticketChannels()).toHaveLength(1);
    expect(await discord.act('read', { member: 'mira', channel: 'ticket-0001' })).toHaveLength(1);
  });

  it('goes from the first message to the transcript, and back', async () => {
    await run('publish', {});
    const opened = await openOne();
    const [[told] = []] = await run('notifyStaff', opened, { onDuty: ['nora', 'tom'] });
    expect(told?.ticket).toMatchObject({ assigneeName: 'Nora (support)' });
    const [[claimed] = [], refused] = await run('claim', await did('tom', 'ticket:claim:1'));
    expect([claimed?.failure, refused]).toEqual([undefined, []]);
    expect((await run('claim', await did('jonas', 'ticket:claim:1')))[1]).toHaveLength(1);
    await discord.act('write', {
      member: 'tom',
      channel: 'ticket-0001',
      content: 'Here it is.',
      files: [{ name: 'a.txt', text: 'A' }],
    });
    const closing = await did('tom', 'ticket:closing:1', form({ reason: 'solved' }));
    const [[closed] = []] = await run('close', closing);
    expect(closed?.failure).toBeUndefined();
    expect(closed?.transcript).toMatchObject({ messages: 3, files: 1, sentToOpener: true });
    expect(closed?.ticket).toMatchObject({ state: 'closed', closeReason: 'solved' });
    expect((await store.tickets.transcript(1))?.text).toContain('Here it is.');
    expect((await run('close', await did('mira', 'ticket:closing:1')))[1]).toHaveLength(1);
    const [[reopened] = []] = await run('reopen', await did('mira', 'ticket:reopen:1'));
    expect(reopened?.ticket).toMatchObject({ state: 'open' });
  });

  it('archives a finished ticket for staff alone, in the next archive when one is full', async () => {
    await discord.act('setLimits', { mostChannelsInCategory: 1 });
    for (const [number, member] of [
      [1, 'mira'],
      [2, 'jonas'],
    ] as const) {
      await run('open', await did(member, 'ticket:details:billing', FORM));
      const [[closed] = []] = await run(
        'close',
        await did('nora', `ticket:closing:${number}`, form({ reason: '' })),
        { finishAfterHours: 0 },
      );
      expect(closed?.failure).toBeUndefined();
      const [[finished] = []] = await run('finish', { ticket: { number } }, { channelEnd: 'archive' });
      expect(finished?.ticket).toMatchObject({ state: 'finished' });
    }
    const seenBy = async (member: string) => {
      const { channels } = Object(await discord.act('see', { member })) as {
        channels: Array<{ name: string; category: string }>;
      };
      return channels.filter(({ name }) => name.startsWith('ticket-0'));
    };
    expect(await seenBy('tom')).toMatchObject([
      { name: 'ticket-0001', category: 'Ticket archive' },
      { name: 'ticket-0002', category: 'Ticket archive 2' },
    ]);
    expect([await seenBy('mira'), await seenBy('jonas')]).toEqual([[], []]);
  });
});
