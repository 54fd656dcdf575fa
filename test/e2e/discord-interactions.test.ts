import { afterEach, describe, expect, it } from '@jest/globals';
import { DISCORD_WEBHOOK_PATH } from '../../sandbox/identities';
import { useCampaign } from '../support/campaign';
import { interactionOf, signedByDiscord } from '../support/discord-signature';

const campaign = useCampaign();

const WAIT = { status: 200, body: { type: 5, data: { flags: 64 } } };

describe('an interaction of Discord at the real n8n', () => {
  afterEach(() => campaign.allowStoreConnections(true));

  it('is answered with a PONG when it is a PING', async () => {
    const { answer, type } = await send({ type: 1 });
    expect(answer).toEqual({ status: 200, body: { type: 1 } });
    expect(type).toMatch(/^application\/json/);
  });

  it('is refused with 401 when its signature is wrong, also while the store is down', async () => {
    const forged = () => send({ type: 1 }, { 'x-signature-ed25519': 'ab'.repeat(64) });
    expect((await forged()).answer.status).toBe(401);
    await campaign.allowStoreConnections(false);
    expect((await forged()).answer.status).toBe(401);
  });

  it('of a button is stored once though it comes twice, and starts no execution', async () => {
    const before = await campaign.traces();
    const pressed = interactionOf('ticket:new', { id: '1445000000000000101' });
    expect((await send(pressed)).answer).toEqual(WAIT);
    expect((await send(pressed)).answer).toEqual(WAIT);
    expect((await campaign.traces()).events).toBe(before.events + 1);
  });

  it('of a select opens a form that carries what was chosen', async () => {
    const chosen = { custom_id: 'ticket:category', component_type: 3, values: ['billing'] };
    const { answer } = await send(interactionOf('', { id: '1445000000000000102', data: chosen }));
    expect(answer).toMatchObject({
      status: 200,
      body: { type: 9, data: { custom_id: 'ticket:details:billing', components: [{}, {}, {}] } },
    });
  });

  it('is told in words that the store is down', async () => {
    await campaign.allowStoreConnections(false);
    const pressed = interactionOf('ticket:new', { id: '1445000000000000103' });
    expect((await send(pressed)).answer).toMatchObject({
      status: 200,
      body: { type: 4, data: { flags: 64, content: expect.stringMatching(/try again in a minute/) } },
    });
    await campaign.allowStoreConnections(true);
    expect((await send(pressed)).answer).toEqual(WAIT);
  });
});

async function send(body: object, over: Record<string, string> = {}) {
  const { headers, rawBody } = signedByDiscord(body);
  const response = await fetch(campaign.stack.n8nUrl + DISCORD_WEBHOOK_PATH, {
    method: 'POST',
    headers: { ...headers, ...over },
    body: rawBody.toString(),
  });
  const answer = { status: response.status, body: (await response.json()) as unknown };
  return { answer, type: response.headers.get('content-type') };
}
