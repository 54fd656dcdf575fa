import { createPublicKey, verify } from 'node:crypto';
import { expect } from '@jest/globals';
import { DiscordDouble } from '../../sandbox/discord';
import type { PostAnswer } from '../../sandbox/double';
import { DISCORD_BOT_SECRET, DISCORD_PUBLIC_KEY, DISCORD_SERVER_ID } from '../../sandbox/identities';
import { callDouble, doubleContext, type Answer } from './double-client';

const HEADERS = {
  authorization: `Bot ${DISCORD_BOT_SECRET}`,
  'user-agent': 'DiscordBot (https://lifecycle.example, 1.0)',
};
export const ENDPOINT = 'http://127.0.0.1:5680/webhook/discord';
/** So that only the tests of the limits meet any. */
const NO_LIMITS = { messageLimit: 1000, inviteLimit: 1000, otherLimit: 1000, globalLimit: 1000 };

/** What a test's endpoint answers an interaction with: a body for 200, an answer as a whole, or never anything. */
export type Reply = object | PostAnswer | 'nothing';

export interface DiscordUnderTest {
  discord: DiscordDouble;
  /** With the bot's token. Multipart forms are sent as such. */
  call(method: string, path: string, body?: object | FormData): Promise<Answer>;
  act(action: string, input?: object): Promise<Record<string, unknown>>;
  /** A text channel with what is given besides, and its id. */
  channel(fields?: object): Promise<string>;
  /** A message of the bot's, and its id. */
  post(channelId: string, body: object | FormData): Promise<string>;
  /** Every interaction that the endpoint has got, whose signature was right. */
  readonly interactions: Array<Record<string, unknown>>;
  /** Whether the endpoint takes what is signed wrongly. */
  answersAll: boolean;
  /** Answers the next interactions. */
  reply: (interaction: Record<string, unknown>) => Reply | Promise<Reply>;
}

/** The Discord double alone, with an endpoint that checks signatures as Discord asks for. */
export async function discordUnderTest(): Promise<DiscordUnderTest> {
  const context = doubleContext('http://127.0.0.1:5690/discord');
  const under: DiscordUnderTest = {
    discord: new DiscordDouble({ ...context, post: (_, headers, body) => answer(headers, body) }),
    async call(method, path, body) {
      const sent = body instanceof FormData ? new Response(body) : undefined;
      const bytes = sent && Buffer.from(await sent.arrayBuffer());
      const type = sent?.headers.get('content-type');
      return callDouble(under.discord, method, path, {
        body: bytes ?? body,
        headers: { ...HEADERS, ...(type && { 'content-type': type }) },
      });
    },
    async act(action, input = {}) {
      const run = under.discord.actions[action];
      if (!run) throw new Error(`There is no action ${action}.`);
      return Object(await run(JSON.parse(JSON.stringify(input))));
    },
    async channel(fields = {}) {
      const made = await under.call('POST', `/guilds/${DISCORD_SERVER_ID}/channels`, {
        name: 'made',
        ...fields,
      });
      if (made.status !== 201) throw new Error(JSON.stringify(made.body));
      return String(Object(made.body).id);
    },
    async post(channelId, body) {
      const sent = await under.call('POST', `/channels/${channelId}/messages`, body);
      if (sent.status !== 200) throw new Error(JSON.stringify(sent.body));
      return String(Object(sent.body).id);
    },
    interactions: [],
    answersAll: false,
    reply: () => ({ type: 5, data: { flags: 64 } }),
  };

  async function answer(headers: Record<string, string>, body: string): Promise<PostAnswer> {
    if (!under.answersAll && !isSigned(headers, body)) return { status: 401, body: '' };
    const interaction: Record<string, unknown> = JSON.parse(body);
    if (interaction.type === 1) return { status: 200, body: '{"type":1}', contentType: 'application/json' };
    under.interactions.push(interaction);
    const reply = await under.reply(interaction);
    if (reply === 'nothing') return new Promise(() => undefined);
    if ('status' in reply) return reply;
    return { status: 200, body: JSON.stringify(reply), contentType: 'application/json' };
  }

  await under.act('setLimits', NO_LIMITS);
  await under.call('PATCH', '/applications/@me', { interactions_endpoint_url: ENDPOINT });
  return under;
}

/** As an application checks it: with the public key, over timestamp and body. */
export function isSigned(headers: Record<string, string>, body: string): boolean {
  const x = Buffer.from(DISCORD_PUBLIC_KEY, 'hex').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const signature = Buffer.from(headers['x-signature-ed25519'] ?? '', 'hex');
  return verify(null, Buffer.from(`${headers['x-signature-timestamp']}${body}`), key, signature);
}

/** What Discord refuses with: status and its own code. */
export function refused(status: number, code: number): object {
  return { status, body: expect.objectContaining({ code, message: expect.any(String) }) };
}

/** A row with one button. */
export function buttonRow(customId: string, label = 'Press'): object {
  return { type: 1, components: [{ type: 2, style: 1, label, custom_id: customId }] };
}
