import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect } from '@jest/globals';
import { WORKFLOWS_FOLDER } from '../../stack/paths';
import { openStore, type Ticket } from '../../store';
import type { useCampaign } from './campaign';
import type { useEditorApi } from './editor-api';
import { runByHand } from './run-by-hand';
import { until } from './until';

const PATH = 'ticket-reminders';
const CLOCK = 'Every 5 minutes';

/** The workflow *Ticket reminders* as it ships, but that a call starts it in place of the clock. */
export const REMINDING = remindersByCall();

/** Who of the sandbox's Discord is staff, by their names there. */
export const STAFF = ['carla', 'nora', 'tom', 'ines'];

/** A message as a member sees it. */
export interface SeenMessage {
  id: string;
  channelId: string;
  authorId: string;
  isBots: boolean;
  content: string;
  embeds: Array<{
    title?: string;
    description?: string;
    fields?: Array<{ name: string; value: string }>;
    footer?: { text: string };
  }>;
  customIds: Array<string | null>;
  files: Array<{ id: string; name: string; type: string }>;
  mentions: { userIds: string[]; roleIds: string[]; everyone: boolean };
  isLoading: boolean;
}

/** What came of what somebody did. */
export interface Done {
  status: string;
  problem: string | null;
  modal: { custom_id: string } | null;
  reply: SeenMessage | null;
}

interface View {
  channels: Array<{ id: string; name: string; category: string; mayWrite: boolean }>;
  ephemeral: SeenMessage[];
  direct: SeenMessage[];
  failures: object[];
}

interface DiscordContents {
  channels: Array<{ id: string; name: string; topic: string | null; parentId: string | null }>;
  messages: Array<{
    id: string;
    channelId: string;
    authorId: string;
    files: Array<{ id: string; name: string; content: string }>;
  }>;
}

const FORM = { subject: 'Invoice missing', description: 'I cannot find it.' };

/** What members and staff do about tickets in the sandbox's Discord, in which the panel stands before each test. */
export function useTickets(
  campaign: ReturnType<typeof useCampaign>,
  editor: ReturnType<typeof useEditorApi>,
) {
  beforeEach(async () => {
    const run = { workflow: 'ticket-panel', trigger: 'Publish now' };
    expect(await runByHand(campaign, editor, run)).toMatchObject({ status: 'success' });
  });

  const act = async <Result>(action: string, input: object): Promise<Result> =>
    (await campaign.act('discord', action, input)) as Result;

  async function see(member: string): Promise<View> {
    return await act<View>('see', { member });
  }

  /** Waits for the reply that takes the place of "is thinking…", and gives it; `pattern`: for one that says this. */
  async function replied(member: string, done: Done, pattern = /[^]*/): Promise<SeenMessage> {
    let seen: SeenMessage | undefined;
    await until(
      async () => {
        seen = (await see(member)).ephemeral.find(({ id }) => id === done.reply?.id);
        return seen !== undefined && !seen.isLoading && pattern.test(seen.content);
      },
      () => `${member} to be replied ${String(pattern)}; seen: ${JSON.stringify(seen ?? done)}`,
    );
    if (!seen) throw new Error('unreachable');
    return seen;
  }

  const click = (member: string, customId: string) => act<Done>('click', { member, customId });
  const choose = (member: string, customId: string, ...values: string[]) =>
    act<Done>('choose', { member, customId, values });
  const submit = (member: string, values: object, customId?: string) =>
    act<Done>('submit', { member, values, ...(customId !== undefined && { customId }) });

  /** Up to the form, which stands open before the member. */
  async function askForForm(member: string, category = 'billing'): Promise<Done> {
    await replied(member, await click(member, 'ticket:new'), /about/);
    return await choose(member, 'ticket:category', category);
  }

  async function tickets(): Promise<Ticket[]> {
    const store = await openStore(campaign.stack.databaseUrl);
    return (await store.tickets.find({}, 100)).reverse();
  }

  async function ticket(number: number): Promise<Ticket> {
    const found = (await tickets()).find((each) => each.number === number);
    if (!found) throw new Error(`There is no ticket ${number}.`);
    return found;
  }

  async function contents(): Promise<DiscordContents> {
    return await campaign.stateOf<DiscordContents>('discord');
  }

  return {
    click,
    choose,
    submit,
    see,
    replied,
    askForForm,
    tickets,
    ticket,
    contents,

    async write(member: string, channel: string, content: string, ...files: object[]): Promise<void> {
      await act('write', { member, channel, content, files });
    },

    /** The messages of a channel as somebody sees them, oldest first. */
    async read(member: string, channel?: string): Promise<SeenMessage[]> {
      return await act('read', { member, ...(channel !== undefined && { channel }) });
    },

    /** The channels of tickets. */
    async channels(): Promise<DiscordContents['channels']> {
      return (await contents()).channels.filter(({ name }) => /^ticket-\d+$/.test(name));
    },

    /** From the button to the channel, staff having been told. */
    async open(member: string, values: object = {}, category?: string): Promise<Ticket> {
      await askForForm(member, category);
      const reply = await replied(member, await submit(member, { ...FORM, ...values }), /<#\d+>/);
      const [, channelId] = /<#(\d+)>/.exec(reply.content) ?? [];
      await campaign.allSettled();
      const opened = (await tickets()).find((each) => each.channelId === channelId);
      if (!opened) throw new Error(`No ticket has the channel ${channelId}.`);
      return opened;
    },

    /** From the button in the ticket's channel to the end of its closing: what they are told. */
    async close(member: string, { number }: Ticket, reason = ''): Promise<SeenMessage> {
      await click(member, `ticket:close:${number}`);
      const done = await submit(member, { reason }, `ticket:closing:${number}`);
      const reply = await replied(member, done);
      await campaign.allSettled();
      return reply;
    },

    /** Does at once what is due, as the clock would; gives whether the run ended well. */
    async remind(): Promise<boolean> {
      const before = (await campaign.runs(REMINDING.id)).length;
      await (await fetch(`${campaign.stack.n8nUrl}/webhook/${PATH}`)).text();
      let status = 'new';
      await until(
        async () => {
          const [run] = (await campaign.runs(REMINDING.id)).slice(before);
          status = run?.status ?? status;
          return ['success', 'error', 'crashed'].includes(status);
        },
        () => `the reminders to end; they are ${status}`,
      );
      return status === 'success';
    },

    /** What is in a file, by its name and the channel or private conversation that it was sent to. */
    async file(channelId: string, name: string): Promise<string> {
      const { messages } = await contents();
      const files = messages
        .filter((message) => message.channelId === channelId)
        .flatMap(({ files: all }) => all);
      const found = files.filter((each) => each.name === name);
      expect(found.map((each) => each.name)).toEqual([name]);
      return Buffer.from(found[0]?.content ?? '', 'base64').toString();
    },

    /** Only these members, staff and the bot see the ticket's channel, by Discord's algorithm for everybody in the server. */
    async expectReaders({ channelId }: Ticket, ...members: string[]): Promise<void> {
      const rights = await act<Array<{ id: string; mayRead: boolean; mayReadHistory: boolean }>>('rights', {
        channel: channelId,
      });
      const { members: known, bot } = await campaign.stateOf<{
        members: Array<{ id: string; name: string }>;
        bot: { id: string };
      }>('discord');
      const nameOf = (id: string) =>
        id === bot.id ? 'the bot' : (known.find((member) => member.id === id)?.name ?? id);
      expect(rights).toHaveLength(known.length + 1);
      const readers = rights.filter(({ mayRead }) => mayRead).map(({ id }) => nameOf(id));
      expect(readers.sort()).toEqual(['the bot', ...new Set([...STAFF, ...members])].sort());
    },
  };
}

interface WorkflowJson {
  id: string;
  name: string;
  settings: object;
  nodes: Array<{ name: string }>;
}

function remindersByCall(): WorkflowJson {
  const file = path.join(WORKFLOWS_FOLDER, 'ticket-reminders.json');
  const shipped = JSON.parse(readFileSync(file, 'utf8')) as WorkflowJson;
  const call = {
    id: 'reminding-call',
    name: CLOCK,
    type: 'n8n-nodes-base.webhook',
    typeVersion: 2,
    webhookId: PATH,
    position: [0, 0],
    parameters: { path: PATH, options: {} },
  };
  return {
    ...shipped,
    id: 'reminding-by-call',
    name: 'Reminding by call',
    // By which the end of a run is seen.
    settings: { ...shipped.settings, saveDataSuccessExecution: 'all' },
    nodes: shipped.nodes.map((node) => (node.name === CLOCK ? call : node)),
  };
}
