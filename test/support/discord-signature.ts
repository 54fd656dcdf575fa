import { createPrivateKey, sign } from 'node:crypto';
import { DISCORD_SIGNING_SEED } from '../../sandbox/identities';

/** DER of an Ed25519 private key (RFC 8410) up to its 32 bytes. */
const PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The headers and the body of a request of Discord, signed with a key (32 bytes, hex); by default the sandbox's. */
export function signedByDiscord(
  body: string | object,
  {
    seconds = Math.floor(Date.now() / 1000),
    seed = DISCORD_SIGNING_SEED,
  }: { seconds?: number; seed?: string } = {},
): { headers: Record<string, string>; rawBody: Buffer } {
  const rawBody = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const key = createPrivateKey({
    key: Buffer.concat([PREFIX, Buffer.from(seed, 'hex')]),
    format: 'der',
    type: 'pkcs8',
  });
  const signature = sign(null, Buffer.concat([Buffer.from(String(seconds)), rawBody]), key).toString('hex');
  return {
    headers: {
      'content-type': 'application/json',
      'x-signature-ed25519': signature,
      'x-signature-timestamp': String(seconds),
    },
    rawBody,
  };
}

/** An interaction as Discord sends it: a button, unless something else is said. */
export function interactionOf(customId: string, over: object = {}): Record<string, unknown> {
  return {
    id: '1445000000000000001',
    application_id: '1100000000000000900',
    type: 3,
    token: 'aW50ZXJhY3Rpb246c2VjcmV0',
    version: 1,
    guild_id: '1100000000000000001',
    channel_id: '1100000000000000101',
    member: { user: { id: '1100000000000000701', username: 'ada' }, roles: [] },
    data: { custom_id: customId, component_type: 2 },
    ...over,
  };
}
