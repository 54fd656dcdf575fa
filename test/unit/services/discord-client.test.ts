import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  DiscordClient,
  RateLimiter,
  RefusalBudget,
  USER_AGENT,
  inviteCode,
  listChannels,
  revokeInvite,
  type DiscordOptions,
} from '../../../services/discord';
import { axiosRequest } from '../../../stack/axios-request';
import { startHttpServer, type Answer, type TestServer } from '../../support/http-server';
import { VirtualClock } from '../../support/virtual-clock';

const SERVER_ID = '1100000000000000001';
const INVITE = { code: 'secret1', channelId: '1', whom: 'the Mautic contact 47', reason: 'Für Kontakt 47' };
const NO_CHANNELS: Answer = { body: [] };

let server: TestServer | undefined;
afterEach(() => server?.close());

/** A client of a service that gives these answers, and then the last one again and again. */
async function client(
  answers: Array<Answer | 'drop'>,
  over: Partial<DiscordOptions> = {},
): Promise<DiscordClient> {
  const left = [...answers];
  server = await startHttpServer(() => (left.length > 1 ? left.shift() : left[0]) ?? 'drop');
  return new DiscordClient({
    url: `${server.url}/api/v10/`,
    token: 'token',
    serverId: SERVER_ID,
    request: axiosRequest({ Authorization: 'Bot token' }),
    clock: { now: Date.now, sleep: () => Promise.resolve() },
    ...over,
  });
}

const requests = () => server?.requests ?? [];

describe('every call', () => {
  it('names the bot as Discord demands, in the version of this package', async () => {
    await listChannels(await client([NO_CHANNELS]));
    expect(requests()[0]?.headers['user-agent']).toBe(USER_AGENT);
    const manifest: unknown = JSON.parse(
      readFileSync(path.resolve(__dirname, '../../../package.json'), 'utf8'),
    );
    const { version } = manifest as { version: string };
    expect(USER_AGENT).toBe(
      `DiscordBot (https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle, ${version})`,
    );
  });

  it('goes below the address, whether it ends with a slash or not', async () => {
    await listChannels(await client([NO_CHANNELS]));
    expect(requests()[0]?.path).toBe(`/api/v10/guilds/${SERVER_ID}/channels`);
  });

  it('tells the audit log its reason in any language', async () => {
    await revokeInvite(await client([{ body: {} }]), INVITE);
    expect(requests()[0]?.headers['x-audit-log-reason']).toBe('F%C3%BCr%20Kontakt%2047');
  });

  it('encodes what it puts into a path', async () => {
    await revokeInvite(await client([{ body: {} }]), { ...INVITE, code: '../guilds/1' });
    expect(requests()[0]?.path).toBe('/api/v10/invites/..%2Fguilds%2F1');
  });
});

describe('a call that is safe to repeat', () => {
  it.each<[string, Answer | 'drop']>([
    ['a server error', { status: 502 }],
    ['a lost answer', 'drop'],
  ])('is repeated after %s', async (_, first) => {
    expect(await listChannels(await client([first, NO_CHANNELS]))).toEqual([]);
    expect(requests()).toHaveLength(2);
  });

  it('is given up after three tries', async () => {
    const failing = listChannels(await client([{ status: 503 }]));
    await expect(failing).rejects.toMatchObject({ service: 'Discord', retryable: true, status: 503 });
    expect(requests()).toHaveLength(3);
  });
});

describe('a rate limit', () => {
  it('never comes back, however often Discord repeats it', async () => {
    const clock = new VirtualClock();
    const limited: Answer = { status: 429, body: { message: 'limited', retry_after: 0.5, global: false } };
    const own = await client([limited, limited, limited, limited, limited, NO_CHANNELS], {
      limiter: new RateLimiter(new RefusalBudget(), clock),
    });
    let channels: unknown;
    const listing = listChannels(own).then((found) => (channels = found));
    while (channels === undefined) await clock.advance(500);
    await listing;
    expect(channels).toEqual([]);
    expect(requests()).toHaveLength(6);
  });

  it('that takes more than five minutes is told, and tried again later', async () => {
    const limited: Answer = { status: 429, body: { message: 'limited', retry_after: 301, global: false } };
    const failing = listChannels(await client([limited]));
    await expect(failing).rejects.toMatchObject({
      service: 'Discord',
      retryable: true,
      message:
        "Discord could not list the channels of the server: Discord's rate limit would make it wait for more than five minutes. It is tried again later.",
    });
    expect(requests()).toHaveLength(1);
  });

  it('is shared by all clients of a bot, and by no other bot', async () => {
    const limited: Answer = { status: 429, body: { message: 'limited', retry_after: 1, global: true } };
    const first = await client([limited, NO_CHANNELS]);
    const again = listChannels(first);
    while (requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const clientOf = (token: string) =>
      new DiscordClient({
        url: `${server?.url}/api/v10`,
        token,
        serverId: '1100000000000000009',
        request: axiosRequest({ Authorization: `Bot ${token}` }),
      });
    await Promise.all([again, listChannels(clientOf('token')), listChannels(clientOf('another'))]);
    expect(requests().map(({ headers }) => headers.authorization)).toEqual([
      'Bot token',
      'Bot another',
      'Bot token',
      'Bot token',
    ]);
  });
});

describe('an error', () => {
  it('never tells the code of an invite', async () => {
    for (const answer of [
      { status: 403, body: { code: 50013, message: 'Missing Permissions' } },
      { status: 500 },
    ]) {
      const failing = revokeInvite(await client([answer]), INVITE);
      await expect(failing).rejects.toThrow(/revoke an invite of the Mautic contact 47/);
      await failing.catch((error: Error) => expect(error.message).not.toContain('secret1'));
      await server?.close();
    }
  });

  it('of a body names what is wrong, at most three fields', async () => {
    const errors = Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((field) => [
        field,
        { 0: { x: { _errors: [{ code: 'BAD', message: 'Wrong.' }] } } },
      ]),
    );
    const body = { code: 50035, message: 'Invalid Form Body', errors };
    const failing = listChannels(await client([{ status: 400, body }]));
    await expect(failing).rejects.toThrow(
      'it answered 400: "Invalid Form Body (50035) – a.0.x: Wrong.; b.0.x: Wrong.; c.0.x: Wrong.".',
    );
  });

  it('of an answer of another shape names the place', async () => {
    const failing = listChannels(await client([{ body: [{ id: 1 }] }]));
    await expect(failing).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('0.id'),
    });
  });
});

describe('the code of an invite', () => {
  it.each([
    ['https://discord.gg/aB-1_z', 'aB-1_z'],
    ['http://www.discord.gg/abc/', 'abc'],
    ['discord.gg/abc?event=1', 'abc'],
    ['https://discord.com/invite/abc#x', 'abc'],
    ['https://discordapp.com/invite/abc', 'abc'],
    [' abc ', 'abc'],
    ['https://evil.example/discord.gg/abc', undefined],
    ['https://discord.gg/', undefined],
    ['two words', undefined],
    ['', undefined],
  ])('in %j is %j', (text, code) => {
    expect(inviteCode(text)).toBe(code);
  });
});
