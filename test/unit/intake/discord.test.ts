import { describe, expect, it } from '@jest/globals';
import nacl from 'tweetnacl';
import { DISCORD_PUBLIC_KEY, DISCORD_SIGNING_SEED } from '../../../sandbox/identities';
import {
  LARGEST_BODY_BYTES,
  discord,
  groupKeyOf,
  receiveInteraction,
  type FirstAnswerRow,
  type IntakeEvent,
  type InteractionIntake,
  type KeptToken,
} from '../../../services/intake';
import { interactionOf, signedByDiscord } from '../../support/discord-signature';
import { Random } from '../../support/random';

const NOW = new Date('2026-03-01T12:00:00Z');
const SECONDS = NOW.getTime() / 1000;
const OTHER_SEED = 'cd'.repeat(32);
const WAIT = { type: 5, data: { flags: 64 } };
const PING = '{"type":1}';

const table: FirstAnswerRow[] = [
  { prefix: 'ticket:new', answer: 'wait', title: '', customId: '', fields: [] },
  { prefix: 'ticket:claim', answer: 'wait', title: '', customId: '', fields: [] },
  { prefix: 'ticket:details', answer: 'wait', title: '', customId: '', fields: [] },
  { prefix: '/ticket', answer: 'wait', title: '', customId: '', fields: [] },
];

describe('an interaction of Discord', () => {
  it('is answered with a PONG when it is a PING, also with a signature that was made elsewhere', async () => {
    const { answer, kept } = await send(PING, {
      publicKeys: ['8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c'],
      now: new Date(1_700_000_000_000),
      headers: {
        'x-signature-timestamp': '1700000000',
        'x-signature-ed25519':
          '9ef52e0980512fc86504213828935ead2d8ad69632af84e31aae7c0a1593a04f' +
          '81779d871c1d68240dce56038c60788e51e59a6c3f14c72a4183c785b1e8b70e',
      },
    });
    expect(answer).toEqual({ status: 200, body: { type: 1 } });
    expect(kept).toEqual([]);
  });

  it('is accepted when another implementation has signed it', async () => {
    const body = JSON.stringify(interactionOf('ticket:new'));
    const { secretKey, publicKey } = nacl.sign.keyPair.fromSeed(Buffer.from(DISCORD_SIGNING_SEED, 'hex'));
    expect(Buffer.from(publicKey).toString('hex')).toBe(DISCORD_PUBLIC_KEY);
    const signature = nacl.sign.detached(Buffer.from(`${SECONDS}${body}`), secretKey);
    const { answer } = await send(body, {
      headers: { 'x-signature-ed25519': Buffer.from(signature).toString('hex') },
    });
    expect(answer).toEqual({ status: 200, body: WAIT });
  });

  it('becomes an event without its token, which is kept apart', async () => {
    const interaction = interactionOf('ticket:new');
    const { kept } = await send(interaction);
    const { token, ...payload } = interaction;
    expect(kept).toEqual([
      {
        token: { id: '1445000000000000001', applicationId: '1100000000000000900', token },
        event: {
          externalId: '1445000000000000001',
          type: 'interaction.component',
          occurredAt: new Date(Number(1445000000000000001n >> 22n) + 1_420_070_400_000),
          groupKey: groupKeyOf('object', 'discord:user:1100000000000000701'),
          payload,
        },
      },
    ]);
    expect(JSON.stringify(kept[0]?.event)).not.toContain(String(token));
  });

  it.each([
    ['a form', 'interaction.modalSubmit', { type: 5, data: { custom_id: 'ticket:details:billing' } }],
    ['a command', 'interaction.command', { type: 2, data: { id: '1', name: 'ticket' } }],
  ])('that is %s becomes an event of the type %s', async (_case, type, over) => {
    const { answer, kept } = await send(interactionOf('', over));
    expect(answer).toEqual({ status: 200, body: WAIT });
    expect(kept.map(({ event }) => event.type)).toEqual([type]);
  });

  it.each([
    ['the ticket whose number it ends in', 'ticket:claim:12', {}, 'discord:ticket:12'],
    ['the person in a server', 'ticket:new', {}, 'discord:user:1100000000000000701'],
    [
      'the person in a direct message',
      'ticket:new',
      { member: null, user: { id: '1100000000000000702' } },
      'discord:user:1100000000000000702',
    ],
    ['the person, when it ends in no number', 'ticket:details:b2', {}, 'discord:user:1100000000000000701'],
  ])('belongs to %s', async (_case, customId, over, subject) => {
    const { kept } = await send(interactionOf(customId, over));
    expect(kept.map(({ event }) => event.groupKey)).toEqual([groupKeyOf('object', subject)]);
  });

  it.each([
    ['that the table does not know', interactionOf('poll:vote')],
    ['of a kind that is unknown', interactionOf('ticket:new', { type: 99 })],
    ['that names nothing', interactionOf('', { data: null })],
  ])('%s is told that it is not in use, to its sender only, and not stored', async (_case, interaction) => {
    const { answer, kept } = await send(interaction);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        type: 4,
        data: {
          flags: 64,
          content: expect.stringMatching(/not in use any more/),
          allowed_mentions: { parse: [] },
        },
      },
    });
    expect(kept).toEqual([]);
  });

  it('that completes what is being typed gets nothing to choose from', async () => {
    const { answer } = await send(interactionOf('ticket:new', { type: 4 }));
    expect(answer).toEqual({ status: 200, body: { type: 8, data: { choices: [] } } });
  });

  it('is told in words when it cannot be stored', async () => {
    const errors: unknown[] = [];
    const { answer } = await send(interactionOf('ticket:new'), {
      keep: () => Promise.reject(new Error('connect ECONNREFUSED')),
      onError: (error) => errors.push(error),
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { type: 4, data: { flags: 64, content: expect.stringMatching(/try again in a minute/) } },
    });
    expect(errors).toHaveLength(1);
  });

  it.each([
    ['the older of two keys', { publicKeys: [keyOf(OTHER_SEED), DISCORD_PUBLIC_KEY] }],
    ['a key beside such as are none', { publicKeys: ['', 'wrong', DISCORD_PUBLIC_KEY.toUpperCase()] }],
    ['a clock that is nearly five minutes off', { seconds: SECONDS - 299 }],
    ['a clock that is nearly five minutes ahead', { seconds: SECONDS + 299 }],
  ])('is accepted with %s', async (_case, options) => {
    expect((await send(interactionOf('ticket:new'), options)).answer.status).toBe(200);
  });

  const genuine = signedByDiscord(PING, { seconds: SECONDS }).headers['x-signature-ed25519'] ?? '';
  it.each([
    ['without signature', { headers: { 'x-signature-ed25519': undefined } }, /missing/],
    ['with an empty signature', { headers: { 'x-signature-ed25519': '' } }, /missing/],
    ['without time', { headers: { 'x-signature-timestamp': undefined } }, /missing/],
    ['with garbage for a signature', { headers: { 'x-signature-ed25519': 'garbage' } }, /malformed/],
    ['with half a signature', { headers: { 'x-signature-ed25519': genuine.slice(0, 64) } }, /malformed/],
    ['with a time that is none', { headers: { 'x-signature-timestamp': 'now' } }, /malformed/],
    [
      'with a signature that only looks like one',
      { headers: { 'x-signature-ed25519': 'ab'.repeat(64) } },
      /wrong/,
    ],
    ['signed for another body', { headers: { 'x-signature-ed25519': genuine } }, /wrong/],
    ['signed for another time', { headers: { 'x-signature-timestamp': String(SECONDS + 1) } }, /wrong/],
    ['signed with another key', { seed: OTHER_SEED }, /wrong/],
    ['that is more than five minutes old', { seconds: SECONDS - 301 }, /too old/],
    ['that is from the future', { seconds: SECONDS + 301 }, /future/],
    ['when no key is known', { publicKeys: [] }, /no public key/],
    ['when the key is none', { publicKeys: ['00', 'x'.repeat(64)] }, /no public key/],
  ])('%s is refused with 401 and not looked at', async (_case, options, reason) => {
    for (const body of [JSON.stringify(interactionOf('ticket:new')), `${PING} `, 'not JSON']) {
      const { answer, kept } = await send(body, options);
      expect(answer).toEqual({
        status: 401,
        body: { received: false, reason: expect.stringMatching(reason) },
      });
      expect(kept).toEqual([]);
    }
  });

  it.each([
    ['over 1 MiB', `"${'x'.repeat(LARGEST_BODY_BYTES)}"`, 413, /1 MiB/],
    ['that is not JSON', '{"type":', 400, /not valid JSON/],
    ['that is a list', '[]', 400, /not an interaction/],
    ['without id', JSON.stringify({ ...interactionOf('ticket:new'), id: undefined }), 400, /look at "id"/],
    ['without token', JSON.stringify({ ...interactionOf('ticket:new'), token: '' }), 400, /look at "token"/],
  ])('%s is refused though it is signed', async (_case, body, status, reason) => {
    const { answer, kept } = await send(body);
    expect(answer).toEqual({ status, body: { received: false, reason: expect.stringMatching(reason) } });
    expect(kept).toEqual([]);
  });

  it('never is taken for genuine when anything of it was changed, whatever it was', async () => {
    const random = new Random(8);
    const pool = ['', '0', PING, 'ab'.repeat(64), 'ab'.repeat(32), String(SECONDS), '\0', '😀', '-1', '1e9'];
    const bodies = [...pool, JSON.stringify(interactionOf('ticket:new')), '[[', 'null', '"', '{}'];
    for (let round = 0; round < 3_000; round += 1) {
      const body = random.pick(bodies as [string, ...string[]]);
      const { headers, rawBody } = signedByDiscord(body, { seconds: SECONDS });
      const changed = mutated({ headers, rawBody }, pool, random);
      const kept: unknown[] = [];
      const answer = await receiveInteraction(changed, {
        publicKeys: [DISCORD_PUBLIC_KEY],
        table,
        now: NOW,
        keep: async (token) => void kept.push(token),
      });
      expect(answer.status).toBe(401);
      expect(kept).toEqual([]);
    }
  });
});

describe('the events of Discord', () => {
  it('have samples that the intake itself would have taken for them, but for the token', () => {
    for (const { type, sample } of discord.eventTypes) {
      expect(discord.parse({ ...sample, token: 'secret' }, NOW)).toEqual([
        expect.objectContaining({ type, payload: sample }),
      ]);
    }
  });

  it('are none for a PING', () => {
    expect(discord.parse(JSON.parse(PING), NOW)).toEqual([]);
  });
});

interface SendOptions extends Partial<InteractionIntake> {
  seconds?: number;
  seed?: string;
  headers?: Record<string, string | undefined>;
}

async function send(
  body: string | object,
  { seconds = SECONDS, seed = DISCORD_SIGNING_SEED, headers, ...over }: SendOptions = {},
) {
  const kept: Array<{ token: KeptToken; event: IntakeEvent }> = [];
  const request = signedByDiscord(body, { seconds, seed });
  const answer = await receiveInteraction(
    { ...request, headers: { ...request.headers, ...headers } },
    {
      publicKeys: [DISCORD_PUBLIC_KEY],
      table,
      now: NOW,
      keep: async (token, event) => void kept.push({ token, event }),
      ...over,
    },
  );
  return { answer, kept };
}

/** Another request: one of its headers left out, replaced, or one digit of it turned; or another body. */
function mutated(
  { headers, rawBody }: { headers: Record<string, string>; rawBody: Buffer },
  pool: readonly string[],
  random: Random,
) {
  const name = random.pick(['x-signature-ed25519', 'x-signature-timestamp']);
  const value = headers[name] ?? '';
  const at = random.below(value.length);
  const digit = (Number.parseInt(value[at] ?? '0', 16) + 1 + random.below(8)) % 10;
  switch (random.below(4)) {
    case 0:
      return { headers: { ...headers, [name]: undefined }, rawBody };
    case 1:
      return { headers: { ...headers, [name]: random.pick(pool as [string, ...string[]]) + '_' }, rawBody };
    case 2:
      return {
        headers: { ...headers, [name]: `${value.slice(0, at)}${digit}${value.slice(at + 1)}` },
        rawBody,
      };
    default:
      return { headers, rawBody: Buffer.concat([rawBody, Buffer.from([random.below(256)])]) };
  }
}

function keyOf(seed: string): string {
  return Buffer.from(nacl.sign.keyPair.fromSeed(Buffer.from(seed, 'hex')).publicKey).toString('hex');
}
