import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { Client } from 'pg';
import { LifecycleDiscordApi } from '../../../credentials/LifecycleDiscordApi.credentials';
import { REMOVAL_DELAY_MS } from '../../../nodes/LifecycleIntakeTrigger/registration';
import { DISCORD_PUBLIC_KEY, DISCORD_SERVER_ID } from '../../../sandbox/identities';
import type { Store } from '../../../store';
import { DiscordApplication } from '../../support/discord-application';
import { interactionOf, signedByDiscord } from '../../support/discord-signature';
import { startHttpServer, type TestServer } from '../../support/http-server';
import { IntakeNode } from '../../support/intake-node';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';
import { until } from '../../support/until';

const WAIT = { type: 5, data: { flags: 64 } };
const PONG = { type: 1 };
const TRY_AGAIN = {
  type: 4,
  data: expect.objectContaining({ flags: 64, content: expect.stringMatching(/try again in a minute/) }),
};
const ROWS = [
  { prefix: 'ticket:new' },
  {
    prefix: 'ticket:close:',
    answer: 'form',
    title: 'Close the ticket',
    customId: 'ticket:closing',
    fields: { rows: [{ key: 'reason', label: 'Why?' }] },
  },
];

const database = useStore();
let discord: DiscordApplication;
/** n8n's own address, at which the node takes in interactions. */
let n8n: TestServer;
let store: Store;
let node: IntakeNode;
let workflow = 0;
/** What the node is about to do since it was unpublished. */
let removal: (() => void) | undefined;

beforeAll(async () => {
  discord = await new DiscordApplication().start();
  n8n = await startHttpServer(async ({ headers, text }) => {
    const { status, body } = await node.receive({ headers, rawBody: Buffer.from(text) });
    return { status, body };
  });
});
beforeEach(async () => {
  discord.reset();
  store = await database.empty();
  workflow += 1;
  removal = undefined;
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => Promise.all([discord.close(), n8n.close()]));

describe('the intake of Discord', () => {
  it('stores an interaction once however often it comes, with its token beside it', async () => {
    node = intake();
    const sent = signedByDiscord(interactionOf('ticket:new'));
    expect(await node.receive(sent)).toMatchObject({ status: 200, body: WAIT, items: undefined });
    expect(await node.receive(sent)).toMatchObject({ status: 200, body: WAIT });
    expect(await database.sql('select from lifecycle.event')).toHaveLength(1);
    expect(await store.events.newest(['discord:interaction.component'])).toMatchObject({
      source: 'discord',
      externalId: '1445000000000000001',
      payload: expect.not.objectContaining({ token: expect.anything() }),
    });
    expect(await store.interactions.reply('1445000000000000001')).toMatchObject({
      applicationId: '1100000000000000900',
      token: 'aW50ZXJhY3Rpb246c2VjcmV0',
    });
  });

  it('opens a form, for which nothing is stored', async () => {
    node = intake();
    const { body } = await node.receive(signedByDiscord(interactionOf('ticket:close:12')));
    expect(body).toMatchObject({
      type: 9,
      data: {
        custom_id: 'ticket:closing:12',
        title: 'Close the ticket',
        components: [{ type: 18, component: { custom_id: 'reason', style: 1, required: true } }],
      },
    });
    expect(await database.sql('select from lifecycle.event')).toEqual([]);
    expect(await database.sql('select from lifecycle.interaction')).toEqual([]);
  });

  it('refuses what is not signed by Discord, and starts no execution', async () => {
    node = intake();
    const forged = signedByDiscord(interactionOf('ticket:new'), { seed: 'cd'.repeat(32) });
    const unsigned = { headers: { 'content-type': 'text/plain' }, rawBody: Buffer.from('') };
    for (const call of [forged, unsigned]) {
      expect(await node.receive(call)).toMatchObject({ status: 401, items: undefined });
    }
    expect(await database.sql('select from lifecycle.event')).toEqual([]);
  });

  it('shows an interaction in the editor instead of storing it, without its token', async () => {
    node = intake();
    const { body, items } = await node.receive(signedByDiscord(interactionOf('ticket:new')), 'manual');
    expect(body).toEqual(WAIT);
    expect(items?.map(({ json }) => json.event)).toEqual([
      expect.objectContaining({ source: 'discord', type: 'interaction.component' }),
    ]);
    expect(JSON.stringify(items)).not.toContain('aW50ZXJhY3Rpb246c2VjcmV0');
    expect(await database.sql('select from lifecycle.interaction')).toEqual([]);
  });

  it.each([
    ['that was never there', 'postgres://lifecycle:none@127.0.0.1:9/none'],
    ['that went away', undefined],
  ])(
    'answers all that needs no store without one %s, and tells people that it is down',
    async (_case, elsewhere) => {
      node = intake({}, {}, url(), elsewhere);
      await node.receive(signedByDiscord({ type: 1 }));
      await database.postgres.stop();
      try {
        const call = async (customId: string, over = {}) =>
          await node.receive(signedByDiscord(interactionOf(customId, over)));
        expect(await call('ticket:new')).toMatchObject({ status: 200, body: TRY_AGAIN });
        expect(node.logged).toContainEqual(expect.stringMatching(/Discord\): the store is out of reach/));
        expect(await call('ticket:close:12')).toMatchObject({ status: 200, body: { type: 9 } });
        expect(await call('', { type: 1 })).toMatchObject({ status: 200, body: PONG });
        const { rawBody, headers } = signedByDiscord({ type: 1 });
        const probe = { rawBody, headers: { ...headers, 'x-signature-ed25519': 'ab'.repeat(64) } };
        expect(await node.receive(probe)).toMatchObject({ status: 401 });
      } finally {
        await database.postgres.start();
      }
    },
  );

  it('knows Discord by the key that was read at publishing, also while the store is down', async () => {
    node = intake({ publicKey: '' });
    await node.publish();
    expect(await node.receive(signedByDiscord({ type: 1 }))).toMatchObject({ status: 200, body: PONG });
    await database.postgres.stop();
    try {
      // As if what was read had been kept long enough.
      const later = Date.now() + 60_000;
      jest.spyOn(Date, 'now').mockReturnValue(later);
      const sent = signedByDiscord(interactionOf('ticket:new'));
      expect(await node.receive(sent)).toMatchObject({ status: 200, body: TRY_AGAIN });
    } finally {
      jest.restoreAllMocks();
      await database.postgres.start();
    }
  });

  it('tells people in time when the store takes too long', async () => {
    node = intake();
    await node.receive(signedByDiscord({ type: 1 }));
    const locked = await blocked('lifecycle.interaction');
    try {
      expect(await node.receive(signedByDiscord(interactionOf('ticket:new')))).toMatchObject({
        status: 200,
        body: TRY_AGAIN,
      });
      expect(node.logged).toContainEqual(expect.stringMatching(/nothing came back within 2 s/));
    } finally {
      await locked();
    }
  });
});

describe('publishing the intake of Discord', () => {
  it('registers its address, which Discord calls meanwhile, and keeps the public key', async () => {
    node = intake({ publicKey: '' }, { register: true });
    await node.publish();
    expect(discord.endpoint).toBe(url());
    expect(await store.webhooks.bySource('discord')).toEqual([
      expect.objectContaining({
        url: url(),
        externalId: discord.id,
        secret: DISCORD_PUBLIC_KEY,
        madeByUs: true,
        wanted: true,
      }),
    ]);
    expect(discord.received[0]?.headers['user-agent']).toMatch(/^DiscordBot /);
  });

  it('again changes nothing', async () => {
    node = intake({}, { register: true });
    await node.publish();
    await node.publish('init');
    expect(discord.writes).toEqual(['PATCH /applications/@me']);
  });

  it('takes the address back when Discord has removed it', async () => {
    node = intake({}, { register: true });
    await node.publish();
    discord.endpoint = null;
    await node.publish();
    expect(discord.endpoint).toBe(url());
  });

  it('moves the address when n8n has got another one', async () => {
    node = intake({}, { register: true }, `${n8n.url}/webhook/before`);
    await node.publish();
    node = intake({}, { register: true });
    await node.publish();
    expect(discord.endpoint).toBe(url());
    expect(await store.webhooks.bySource('discord')).toEqual([expect.objectContaining({ url: url() })]);
  });

  it('leaves an address alone that is not its own, and says what to do', async () => {
    discord.endpoint = 'https://elsewhere.example/interactions';
    node = intake({}, { register: true });
    await expect(node.publish()).rejects.toThrow(/https:\/\/elsewhere\.example.*Developer Portal/);
    expect(discord.endpoint).toBe('https://elsewhere.example/interactions');
    expect(await store.webhooks.bySource('discord')).toEqual([]);
  });

  it('says what to do when Discord cannot reach the address', async () => {
    node = intake({}, { register: true }, 'http://127.0.0.1:9/webhook');
    await expect(node.publish()).rejects.toThrow(
      /could not be verified.*reachable from the internet.*N8N_WEBHOOK_URL.*"Register at the Provider" off/,
    );
    expect(await store.webhooks.bySource('discord')).toEqual([]);
  });

  it('says so when the public key is that of another application', async () => {
    node = intake({ publicKey: 'ab'.repeat(32) }, { register: true });
    await expect(node.publish()).rejects.toThrow(/public key .* is not that of the application/);
    expect(discord.endpoint).toBeNull();
  });

  it('asks Discord for nothing when the address is entered by hand and the key is there', async () => {
    node = intake();
    await node.publish();
    expect(discord.received).toEqual([]);
  });

  it('reads only the key when the address is entered by hand', async () => {
    discord.endpoint = url();
    node = intake({ publicKey: '' });
    await node.publish();
    expect(discord.writes).toEqual([]);
    expect(await node.receive(signedByDiscord({ type: 1 }))).toMatchObject({ status: 200, body: PONG });
    await unpublishForGood();
    expect(discord.endpoint).toBe(url());
  });

  it('fails when it cannot read the key, but not at the start of n8n', async () => {
    discord.failure = { of: /GET/, answer: { status: 401, body: { message: '401: Unauthorized', code: 0 } } };
    node = intake({ publicKey: '' });
    await expect(node.publish()).rejects.toThrow(/Check the bot token/);
    await node.publish('init');
    expect(node.logged).toContainEqual(expect.stringMatching(/could not be checked.*bot token/));
  });

  it('removes the address once it is unpublished for good', async () => {
    node = intake({}, { register: true });
    await node.publish();
    await unpublishForGood();
    expect(discord.endpoint).toBeNull();
  });

  it.each([
    ['that leads elsewhere by now', 'https://elsewhere.example/interactions', true],
    ['that an admin entered', undefined, false],
  ])('never removes an address %s', async (_case, moved, isFirst) => {
    if (!isFirst) discord.endpoint = url();
    node = intake({}, { register: true });
    await node.publish();
    discord.endpoint = moved ?? discord.endpoint;
    const { endpoint } = discord;
    await unpublishForGood();
    expect(discord.endpoint).toBe(endpoint);
  });

  it.each(['activate', 'manual'] as const)('tells what is wrong with the table (%s)', async (activation) => {
    const rows = [
      ...ROWS,
      { prefix: 'ticket:move', answer: 'form', title: 'Move', customId: 'ticket:moving' },
    ];
    node = intake({}, { firstAnswers: { rows } });
    await expect(node.publish(activation)).rejects.toThrow(
      'First answer 3 ("ticket:move"): the form has no field; add one.',
    );
    await node.publish('init');
  });
});

function intake(
  credential: Record<string, string> = {},
  parameters: INodeParameters = {},
  address = url(),
  storeUrl = database.url(),
): IntakeNode {
  const data = { botToken: 'bot-token', serverId: DISCORD_SERVER_ID, publicKey: DISCORD_PUBLIC_KEY };
  return new IntakeNode({
    parameters: { provider: 'discord', firstAnswers: { rows: ROWS }, ...parameters },
    credentials: [
      storeCredential(storeUrl),
      { type: new LifecycleDiscordApi(), data: { url: discord.url, ...data, ...credential } },
    ],
    url: address,
    workflowId: `intake-discord-${workflow}`,
  });
}

function url(): string {
  return `${n8n.url}/webhook/discord/lifecycle`;
}

/** Unpublishes, lets the time pass in which it might be published again, and waits for what follows. */
async function unpublishForGood(): Promise<void> {
  const start = globalThis.setTimeout;
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((
    run: () => void,
    milliseconds?: number,
  ): NodeJS.Timeout => {
    if (milliseconds !== REMOVAL_DELAY_MS) return start(run, milliseconds);
    removal = run;
    return start(() => undefined, 0);
  }) as typeof setTimeout);
  await node.unpublish();
  if (!removal) throw new Error('Nothing is to be removed.');
  removal();
  await until(async () => (await store.webhooks.bySource('discord')).length === 0);
}

/** Keeps everybody else off a table, until what it gives is called. */
async function blocked(table: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: database.url() });
  await client.connect();
  await client.query('begin');
  await client.query(`lock table ${table} in access exclusive mode`);
  return async () => {
    await client.query('rollback');
    await client.end();
  };
}
