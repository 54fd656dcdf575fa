import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  APPLICATION_ID,
  MEMBER_IDS,
  STAFF_IDS,
  SUPPORT_ID,
  SUPPORT_STAFF_ID,
} from '../../../sandbox/discord/fresh-state';
import { DISCORD_PUBLIC_KEY, DISCORD_SERVER_ID } from '../../../sandbox/identities';
import { ENDPOINT, buttonRow, discordUnderTest, refused, type DiscordUnderTest } from '../../support/discord';

let under: DiscordUnderTest;
let panel: string;
beforeEach(async () => {
  under = await discordUnderTest();
  panel = await under.post(SUPPORT_ID, { content: 'Need help?', components: [buttonRow('ticket:new')] });
});

const click = (member = 'mira', customId = 'ticket:new') => under.act('click', { member, customId });
const see = (member = 'mira') => under.act('see', { member });
const webhook = () => `/webhooks/${APPLICATION_ID}/${under.interactions.at(-1)?.token}`;
const callback = (query = '') => {
  const { id, token } = under.interactions.at(-1) ?? {};
  return `/interactions/${id}/${token}/callback${query}`;
};
const original = () => `${webhook()}/messages/@original`;
const MODAL = {
  type: 9,
  data: {
    custom_id: 'ticket:details:billing',
    title: 'Your ticket',
    components: [
      { type: 18, label: 'Subject', component: { type: 4, custom_id: 'subject', style: 1, max_length: 10 } },
      { type: 18, label: 'E-mail', component: { type: 4, custom_id: 'email', style: 1, required: false } },
      {
        type: 1,
        components: [{ type: 4, custom_id: 'description', style: 2, label: 'Description', min_length: 3 }],
      },
    ],
  },
};

describe('an interaction', () => {
  it('is sent, signed, with who did what and where', async () => {
    await click();
    expect(under.interactions).toHaveLength(1);
    expect(under.interactions[0]).toMatchObject({
      application_id: APPLICATION_ID,
      type: 3,
      version: 1,
      token: expect.stringMatching(/^\w{100,}$/),
      guild_id: DISCORD_SERVER_ID,
      channel_id: SUPPORT_ID,
      channel: { id: SUPPORT_ID, name: 'support', type: 0 },
      member: {
        user: { id: MEMBER_IDS.mira, global_name: 'Mira Vogel' },
        permissions: expect.stringMatching(/^\d+$/),
      },
      message: { id: panel, content: 'Need help?' },
      data: { custom_id: 'ticket:new', component_type: 2 },
      app_permissions: '268553233',
      locale: 'en-US',
      context: 0,
    });
    expect(under.interactions[0]).not.toHaveProperty('user');
  });

  it('waits for its reply, which only its member sees, and gets it', async () => {
    expect(await click()).toMatchObject({
      status: 'answered',
      answerType: 5,
      reply: { isLoading: true, isEphemeral: true },
    });
    expect(await see('jonas')).toMatchObject({ ephemeral: [] });
    expect(await under.call('GET', original())).toMatchObject({ body: { flags: 192 } });
    const edited = await under.call('PATCH', original(), {
      content: 'Which one?',
      components: [buttonRow('ticket:x')],
    });
    expect(edited).toMatchObject({
      status: 200,
      body: { content: 'Which one?', flags: 64, webhook_id: APPLICATION_ID },
    });
    expect(await see()).toMatchObject({ ephemeral: [{ content: 'Which one?', isLoading: false }] });
    const page = await under.call('GET', `/channels/${SUPPORT_ID}/messages`);
    expect(page.body).toMatchObject([{ id: panel }]);
    await expect(click('jonas', 'ticket:x')).rejects.toThrow('sees no component');
    expect(await click('mira', 'ticket:x')).toMatchObject({ status: 'answered' });
  });

  it('fills the reply that is awaited with the first that follows, then adds others', async () => {
    await click();
    const first = await under.call('POST', webhook(), { content: 'first' });
    const second = await under.call('POST', webhook(), { content: 'second', flags: 64 });
    await under.call('POST', webhook(), { content: 'for all' });
    expect(Object(first.body).id).toBe(Object((await under.call('GET', original())).body).id);
    expect(await see()).toMatchObject({ ephemeral: [{ content: 'first' }, { content: 'second' }] });
    expect(await under.act('read', { member: 'jonas', channel: 'support' })).toMatchObject({
      1: { content: 'for all' },
    });
    const path = `${webhook()}/messages/${Object(second.body).id}`;
    expect(await under.call('PATCH', path, { content: 'changed' })).toMatchObject({
      body: { content: 'changed' },
    });
    expect(await under.call('DELETE', path)).toMatchObject({ status: 204 });
    expect(await under.call('DELETE', original())).toMatchObject({ status: 204 });
    expect(await under.call('GET', original())).toMatchObject(refused(404, 10008));
  });

  it('can be answered at once: with a message, by changing the one it came from, or silently', async () => {
    under.reply = () => ({ type: 4, data: { content: 'Not now.', flags: 64 } });
    expect(await click()).toMatchObject({ reply: { content: 'Not now.', isEphemeral: true } });
    under.reply = () => ({ type: 7, data: { content: 'Claimed', components: [buttonRow('ticket:new')] } });
    expect(await click()).toMatchObject({ reply: { id: panel, content: 'Claimed' } });
    under.reply = () => ({ type: 6 });
    await click();
    await under.call('PATCH', original(), { content: 'Later' });
    expect(await under.act('read', { member: 'leo', channel: 'support' })).toMatchObject({
      0: { id: panel, content: 'Later' },
    });
  });

  it('can be answered by the callback’s address, once', async () => {
    under.reply = async () => {
      const answered = await under.call('POST', callback('?with_response=true'), {
        type: 4,
        data: { content: 'x', flags: 64 },
      });
      expect(answered).toMatchObject({
        status: 200,
        body: {
          interaction: { type: 3, response_message_ephemeral: true },
          resource: { type: 4, message: { content: 'x' } },
        },
      });
      return { status: 202, body: '' };
    };
    expect(await click()).toMatchObject({ status: 'answered', reply: { content: 'x' } });
    expect(await under.call('POST', callback(), { type: 5 })).toMatchObject(refused(400, 40060));
    expect(await under.call('POST', `/interactions/1/nothing/callback`, { type: 5 })).toMatchObject(
      refused(404, 10062),
    );
  });

  it.each<[string, () => object | 'nothing', RegExp]>([
    ['nothing comes in time', () => 'nothing', /within 0.05 seconds/],
    ['a promised call does not come', () => ({ status: 202, body: '' }), /within 0.05 seconds/],
    ['the endpoint fails', () => ({ status: 500, body: 'no' }), /answered 500/],
    ['the answer is no JSON', () => ({ status: 200, body: 'ok' }), /no JSON/],
    [
      'the answer is not declared as JSON',
      () => ({ status: 200, body: '{"type":6}', contentType: 'text/html' }),
      /declared/,
    ],
    ['the answer is of no known type', () => ({ type: 3 }), /type/],
    [
      'the answer is too long',
      () => ({ type: 4, data: { content: 'x'.repeat(2001) } }),
      /content: Must be 2000/,
    ],
    [
      'a form has six fields',
      () => ({ ...MODAL, data: { ...MODAL.data, components: Array(6).fill(MODAL.data.components[0]) } }),
      /components/,
    ],
  ])('fails before its member when %s', async (_, reply, problem) => {
    await under.act('setLimits', { firstAnswerMs: 50 });
    under.reply = reply;
    expect(await click()).toMatchObject({
      status: 'failed',
      said: 'This interaction failed',
      problem: expect.stringMatching(problem),
    });
    expect(await under.call('POST', callback(), { type: 5 })).toMatchObject(refused(404, 10062));
    expect(await under.call('PATCH', original(), { content: 'x' })).toMatchObject(refused(404, 10015));
    expect(await see()).toMatchObject({ failures: [{ said: 'This interaction failed' }] });
  });

  it('has a token that ends', async () => {
    await click();
    const [path, call] = [original(), callback()];
    expect(await under.call('PATCH', `${webhook()}x/messages/@original`, { content: 'x' })).toMatchObject(
      refused(401, 50027),
    );
    expect(await under.call('GET', path.replace(APPLICATION_ID, '999'))).toMatchObject(refused(404, 10015));
    await under.act('setLimits', { tokenLifeMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await under.call('PATCH', path, { content: 'x' })).toMatchObject(refused(401, 50027));
    expect(await under.call('POST', webhook(), { content: 'x' })).toMatchObject(refused(401, 50027));
    expect(await under.call('POST', call, { type: 5 })).toMatchObject(refused(404, 10062));
  });

  it('needs no right to be replied to, and does not count as a call of the bot’s', async () => {
    await under.act('setPermissions', { channel: 'support', deny: ['SEND_MESSAGES'] });
    await click();
    await under.act('setLimits', { globalLimit: 0 });
    expect(await under.call('PATCH', original(), { content: 'x' })).toMatchObject({ status: 200 });
    expect(await under.call('GET', '/users/@me')).toMatchObject({ status: 429 });
  });

  it('comes from private messages without a server', async () => {
    const { id } = Object(
      (await under.call('POST', '/users/@me/channels', { recipient_id: MEMBER_IDS.leo })).body,
    );
    await under.post(id, { content: 'x', components: [buttonRow('rate')] });
    await click('leo', 'rate');
    expect(under.interactions[0]).toMatchObject({
      user: { id: MEMBER_IDS.leo },
      channel: { type: 1 },
      context: 1,
    });
    expect(under.interactions[0]).not.toHaveProperty('guild_id');
    expect(under.interactions[0]).not.toHaveProperty('member');
  });
});

describe('what is chosen', () => {
  const select = (fields: object) => ({
    content: 'x',
    components: [{ type: 1, components: [{ custom_id: 'pick', ...fields }] }],
  });
  const choose = (values: string[], member = 'mira') =>
    under.act('choose', { member, customId: 'pick', values });

  it('is sent by its values, which have to be there', async () => {
    const options = ['billing', 'setup'].map((value) => ({ value, label: value }));
    await under.post(SUPPORT_ID, select({ type: 3, options }));
    await choose(['setup']);
    expect(under.interactions[0]).toMatchObject({
      data: { custom_id: 'pick', component_type: 3, values: ['setup'] },
    });
    await expect(choose(['other'])).rejects.toThrow('no "other"');
    await expect(choose([])).rejects.toThrow('1 to 1');
    await expect(click('mira', 'pick')).rejects.toThrow('no button');
  });

  it('is sent with the people it stands for', async () => {
    await under.post(SUPPORT_STAFF_ID, select({ type: 5, max_values: 2 }));
    await choose(['leo', 'rosa'], 'nora');
    expect(under.interactions[0]).toMatchObject({
      data: {
        values: [MEMBER_IDS.leo, MEMBER_IDS.rosa],
        resolved: {
          users: { [MEMBER_IDS.leo]: { username: 'leo' } },
          members: { [MEMBER_IDS.rosa]: { roles: [], permissions: '0' } },
        },
      },
      member: { user: { id: STAFF_IDS.nora } },
    });
    await expect(choose(['leo'], 'mira')).rejects.toThrow('sees no component');
  });
});

describe('a form', () => {
  const submit = (values: object, member = 'mira') => under.act('submit', { member, values });
  beforeEach(() => {
    under.reply = ({ type }) => (type === 3 ? MODAL : { type: 5, data: { flags: 64 } });
  });

  it('opens, is checked as Discord’s client does, and is sent filled in', async () => {
    expect(await click()).toMatchObject({ modal: { title: 'Your ticket' }, reply: null });
    expect(await see()).toMatchObject({ modals: [{ custom_id: 'ticket:details:billing' }] });
    await expect(submit({ subject: 'x' })).rejects.toThrow('"Description" has to be filled in');
    await expect(submit({ subject: 'x', description: 'ab' })).rejects.toThrow('needs 3');
    await expect(submit({ subject: 'x'.repeat(11), description: 'abc' })).rejects.toThrow('takes 10');
    await expect(submit({ subjekt: 'x' })).rejects.toThrow('no field "subjekt"');
    await expect(submit({}, 'leo')).rejects.toThrow('no such form');
    expect(await submit({ subject: 'Invoice', description: 'Twice' })).toMatchObject({
      status: 'answered',
      answerType: 5,
    });
    expect(under.interactions[1]).toMatchObject({
      type: 5,
      message: { id: panel },
      data: {
        custom_id: 'ticket:details:billing',
        components: [
          { type: 18, component: { type: 4, custom_id: 'subject', value: 'Invoice' } },
          { type: 18, component: { type: 4, custom_id: 'email', value: '' } },
          { type: 1, components: [{ type: 4, custom_id: 'description', value: 'Twice' }] },
        ],
      },
    });
    expect(await see()).toMatchObject({ modals: [] });
  });

  it('stays open when it was not answered, and cannot be answered by another form', async () => {
    await click();
    under.reply = () => MODAL;
    expect(await submit({ subject: 'x', description: 'abc' })).toMatchObject({
      status: 'failed',
      said: 'Something went wrong. Try again.',
    });
    expect(await see()).toMatchObject({ modals: [{ custom_id: 'ticket:details:billing' }] });
    await under.act('dismiss', { member: 'mira' });
    expect(await see()).toMatchObject({ modals: [] });
  });

  it('is the only answer: it has no message, and cannot follow another answer', async () => {
    await click();
    expect(await under.call('GET', original())).toMatchObject(refused(404, 10008));
    under.reply = () => ({ type: 5 });
    await click();
    expect(await under.call('POST', callback(), MODAL)).toMatchObject(refused(400, 40060));
  });
});

describe('the application', () => {
  const change = (body: object) => under.call('PATCH', '/applications/@me', body);
  const endpoint = async () =>
    Object((await under.call('GET', '/applications/@me')).body).interactions_endpoint_url;

  it('tells its public key and its intents', async () => {
    const { body } = await under.call('GET', '/applications/@me');
    expect(body).toMatchObject({
      id: APPLICATION_ID,
      verify_key: DISCORD_PUBLIC_KEY,
      interactions_endpoint_url: ENDPOINT,
    });
    expect(Object(body).flags & (1 << 19)).not.toBe(0);
    expect(await change({ flags: 0 })).toMatchObject({ body: { flags: 0, flags_new: '0' } });
    expect(await change({ flags: (1 << 19) | (1 << 23) })).toMatchObject({ body: { flags: 1 << 19 } });
  });

  it('takes no address that is none, and without an endpoint nothing works', async () => {
    for (const url of ['ftp://example.com', 'http://example.com', 'here']) {
      expect(await change({ interactions_endpoint_url: url })).toMatchObject(refused(400, 50035));
    }
    expect(await change({ interactions_endpoint_url: null })).toMatchObject({
      body: { interactions_endpoint_url: null },
    });
    expect(await click()).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('No interactions endpoint'),
    });
  });

  it('loses an endpoint that answers wrongly later', async () => {
    expect(await under.act('probeEndpoint')).toEqual({ isRight: true });
    expect(await endpoint()).toBe(ENDPOINT);
    under.answersAll = true;
    expect(await change({ interactions_endpoint_url: ENDPOINT })).toMatchObject({
      status: 400,
      body: {
        code: 50035,
        errors: {
          interactions_endpoint_url: { _errors: [{ code: 'APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID' }] },
        },
      },
    });
    expect(await endpoint()).toBe(ENDPOINT);
    expect(await under.act('probeEndpoint')).toEqual({ isRight: false });
    expect(await endpoint()).toBeNull();
  });
});
