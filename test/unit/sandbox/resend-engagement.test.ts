import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { ResendDouble } from '../../../sandbox/resend';
import { signatureHeaders } from '../../../sandbox/resend/signature';
import { startHttpServer, type ReceivedRequest, type TestServer } from '../../support/http-server';
import { MAIL, callResend } from '../../support/resend';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { eventually } from '../../support/sandbox-under-test';

const SECRET = 'whsec_c2FuZGJveC1yZXNlbmQtdGVzdA==';

interface Event {
  type: string;
  created_at: string;
  data: { email_id: string; to: string[]; [name: string]: unknown };
}
interface Told {
  emailId: string;
  eventId: string;
  statuses: number[];
}
interface State {
  events: Array<{ id: string; type: string; deliveries: Array<{ state: string; statuses: number[] }> }>;
  suppressions: Array<{ email: string; reason: string }>;
}

let resend: TestSandbox;
let intake: TestServer;
/** What the intake answers, one after the other; then 200. */
let answers: Array<number | 'drop'>;

beforeEach(async () => {
  answers = [];
  intake = await startHttpServer(() => {
    const status = answers.shift() ?? 200;
    return status === 'drop' ? 'drop' : { status };
  });
  resend = await startTestSandbox('resend', ResendDouble);
  await resend.load({ webhooks: [{ endpoint: `${intake.url}/hook`, signingSecret: SECRET }] });
  await resend.act('setRateLimit', { perSecond: 1_000 });
});
afterEach(async () => {
  await resend.close();
  await intake.close();
});

const call = (method: string, path: string, body?: unknown) => callResend(resend.url, method, path, body);
const act = (action: string, input: object = {}) => resend.act<Told>(action, input);
const eventOf = ({ body }: ReceivedRequest): Event => body as Event;
const hooks = (): ReceivedRequest[] => intake.requests.filter(({ path }) => path === '/hook');
const types = (): string[] => hooks().map((request) => eventOf(request).type);
const received = (count: number) => eventually(() => (hooks().length >= count ? hooks() : undefined));

/** Sends a mail, and gives its id once the intake has heard as much of it as there is to hear. */
async function send(change: object = {}, count = 2): Promise<string> {
  const before = hooks().length;
  const { status, body } = await call('POST', '/emails', { ...MAIL, ...change });
  expect({ status, body }).toMatchObject({ status: 200 });
  await received(before + count);
  return (body as { id: string }).id;
}

function never(): never {
  throw new Error('There is no such request.');
}

describe('a webhook', () => {
  it('is signed as the official library verifies it', async () => {
    await send({ subject: 'Grüße, 李 🎉' });
    const [request] = await received(2);
    const { headers, text } = request ?? never();
    const signed = Object.fromEntries(
      ['id', 'timestamp', 'signature'].map((name) => [`webhook-${name}`, String(headers[`svix-${name}`])]),
    );
    expect(new Webhook(SECRET).verify(text, signed)).toMatchObject({ type: 'email.sent' });
    expect(() => new Webhook(SECRET).verify(`${text} `, signed)).toThrow();
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'svix-id': expect.stringMatching(/^msg_\w{27}$/),
    });
  });

  it('is signed as in the vector made with that library', () => {
    const body = '{"a":1}';
    const secret = 'whsec_cmVzZW5kLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ==';
    const signature = new Webhook(secret).sign('msg_1', new Date(1_700_000_000_000), body);
    expect(signatureHeaders({ id: 'msg_1', body, timestamp: 1_700_000_000 }, secret)).toEqual({
      'svix-id': 'msg_1',
      'svix-timestamp': '1700000000',
      'svix-signature': signature,
    });
  });

  it('tells what the mail was, with its tags as an object', async () => {
    const tags = [
      { name: 'sequence', value: 'welcome' },
      { name: 'step', value: '1' },
    ];
    const id = await send({ tags, headers: { 'X-Entity-Ref-ID': '7' } });
    const [sent, delivered] = hooks().map(eventOf);
    expect(sent).toMatchObject({
      type: 'email.sent',
      created_at: expect.stringMatching(/Z$/),
      data: {
        email_id: id,
        from: MAIL.from,
        to: [MAIL.to],
        subject: MAIL.subject,
        tags: { sequence: 'welcome', step: '1' },
        headers: [{ name: 'X-Entity-Ref-ID', value: '7' }],
        created_at: expect.stringMatching(/\+00:00$/),
      },
    });
    expect(delivered?.type).toBe('email.delivered');
  });

  it('is sent again, the same with a time of its own, until it is answered 2xx', async () => {
    answers = [500, 204];
    await send({}, 3);
    const { events } = await eventually(async () => {
      const state = await resend.state<State>();
      return state.events[0]?.deliveries[0]?.state === 'delivered' ? state : undefined;
    });
    expect(events[0]).toMatchObject({ type: 'email.sent', deliveries: [{ statuses: [500, 200] }] });
    const tries = hooks().filter((request) => eventOf(request).type === 'email.sent');
    expect(new Set(tries.map(({ text, headers }) => `${String(headers['svix-id'])} ${text}`)).size).toBe(1);
  });

  it('is not sent again after a reset', async () => {
    answers = ['drop', 'drop'];
    await send({}, 2);
    await resend.reset();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(hooks()).toHaveLength(2);
    await send();
    expect(hooks()).toHaveLength(4);
  });

  it('goes only to those who are enabled and ask for it', async () => {
    const create = (events: string[]) =>
      call('POST', '/webhooks', { endpoint: `${intake.url}/other`, events });
    const { body } = await create(['email.opened']);
    await send();
    await act('open');
    const others = () =>
      intake.requests.filter(({ path }) => path === '/other').map((one) => eventOf(one).type);
    expect(others()).toEqual(['email.opened']);
    await call('PATCH', `/webhooks/${(body as { id: string }).id}`, { status: 'disabled' });
    await act('open');
    expect(others()).toHaveLength(1);
  });

  it('can come several times, later, and in another order', async () => {
    await resend.act('setDelivery', { webhooks: 'held' });
    await call('POST', '/emails', MAIL);
    await act('open', { deliver: false });
    expect(hooks()).toEqual([]);
    const { events } = await resend.state<State>();
    const eventIds = events.map(({ id }) => id).reverse();
    await act('redeliver', { eventIds });
    expect(types()).toEqual(['email.opened', 'email.delivered', 'email.sent']);
    await act('redeliver', { type: 'email.sent', copies: 3 });
    await act('redeliver', { all: true, shuffle: true });
    expect(types().slice(3, 6)).toEqual(['email.sent', 'email.sent', 'email.sent']);
    expect(hooks()).toHaveLength(9);
    expect(new Set(hooks().map(({ headers }) => headers['svix-id'])).size).toBe(3);
    await expect(act('redeliver', { type: 'email.bounced' })).rejects.toThrow(/no event of the kind/);
  });
});

describe('the webhooks of a team', () => {
  it('are made, listed without secret, read with it, changed and removed', async () => {
    await resend.load({ webhooks: [] });
    const wanted = { endpoint: 'https://n8n.example/hook', events: ['email.sent', 'email.bounced'] };
    const created = await call('POST', '/webhooks', wanted);
    expect(created).toMatchObject({
      status: 201,
      body: { object: 'webhook', signing_secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{32}$/) },
    });
    const { id, signing_secret: secret } = created.body as { id: string; signing_secret: string };
    const list = await call('GET', '/webhooks');
    expect(list).toMatchObject({
      body: { object: 'list', has_more: false, data: [{ id, ...wanted, status: 'enabled' }] },
    });
    expect(JSON.stringify(list.body)).not.toContain('whsec_');
    expect(await call('PATCH', `/webhooks/${id}`, { status: 'disabled' })).toMatchObject({ body: { id } });
    expect(await call('GET', `/webhooks/${id}`)).toMatchObject({
      body: { ...wanted, status: 'disabled', signing_secret: secret },
    });
    expect(await call('DELETE', `/webhooks/${id}`)).toMatchObject({
      body: { object: 'webhook', id, deleted: true },
    });
    expect(await call('GET', `/webhooks/${id}`)).toMatchObject({ status: 404, body: { name: 'not_found' } });
  });

  it.each([
    [{ events: ['email.sent'] }, 'missing_required_field'],
    [{ endpoint: 'https://n8n.example' }, 'missing_required_field'],
    [{ endpoint: 'https://n8n.example', events: [] }, 'validation_error'],
    [{ endpoint: 'https://n8n.example', events: ['email.read'] }, 'validation_error'],
    [{ endpoint: 'n8n', events: ['email.sent'] }, 'validation_error'],
  ])('cannot be %j', async (body, name) => {
    expect(await call('POST', '/webhooks', body)).toMatchObject({ status: 422, body: { name } });
  });
});

describe('what becomes of a mail', () => {
  it.each([
    ['delivered@resend.dev', ['email.sent', 'email.delivered']],
    ['Label <delivered+a@resend.dev>', ['email.sent', 'email.delivered']],
    ['bounced@resend.dev', ['email.sent', 'email.bounced']],
    ['complained+b@resend.dev', ['email.sent', 'email.delivered', 'email.complained']],
    ['suppressed@resend.dev', ['email.sent', 'email.suppressed']],
  ])('is told by the address for tests %s', async (to, told) => {
    await send({ to }, told.length);
    expect(types()).toEqual(told);
    expect((await resend.state<State>()).suppressions).toEqual([]);
  });

  it('differs between its recipients', async () => {
    await send({ to: ['bounced@resend.dev', 'ada@example.com'], cc: 'ben@example.com' }, 3);
    expect(hooks().map(eventOf)).toMatchObject([
      { type: 'email.sent', data: { to: ['bounced@resend.dev', 'ada@example.com', 'ben@example.com'] } },
      {
        type: 'email.bounced',
        data: { to: ['bounced@resend.dev'], bounce: { type: 'Permanent', subType: 'General' } },
      },
      { type: 'email.delivered', data: { to: ['ada@example.com', 'ben@example.com'] } },
    ]);
  });

  it.each([
    ['bounce', {}, 'previous_bounce'],
    ['complain', {}, 'previous_complaint'],
  ])('after a %s is that it is suppressed', async (action, input, reason) => {
    await send();
    await act(action, input);
    await send({ to: 'ADA@example.com' });
    expect(eventOf(hooks().at(-1) ?? never())).toMatchObject({
      type: 'email.suppressed',
      data: { to: ['ADA@example.com'], suppressed: { reason, type: 'OnAccountSuppressionList' } },
    });
    await resend.act('unsuppress', { to: 'ada@example.com' });
    await send();
    expect(types().at(-1)).toBe('email.delivered');
  });

  it('is no suppression when a bounce may pass', async () => {
    await send();
    await act('bounce', { type: 'transient' });
    expect(eventOf(hooks().at(-1) ?? never()).data.bounce).toMatchObject({
      type: 'Transient',
      subType: 'MailboxFull',
    });
    await send();
    expect(types().at(-1)).toBe('email.delivered');
  });

  it('is told when it is asked for, by readers and their servers', async () => {
    await resend.act('setDelivery', { arrives: false });
    const id = await send({}, 1);
    for (const action of ['delay', 'deliver', 'open', 'click', 'fail', 'complain']) {
      expect(await act(action)).toMatchObject({ emailId: id, statuses: [200] });
    }
    expect(types()).toEqual(
      ['sent', 'delivery_delayed', 'delivered', 'opened', 'clicked', 'failed', 'complained'].map(
        (one) => `email.${one}`,
      ),
    );
    expect(
      hooks()
        .map((one) => eventOf(one).data)
        .find(({ click }) => click),
    ).toMatchObject({
      click: {
        link: 'https://app.example.com/?a=1&b=2',
        userAgent: expect.any(String),
        ipAddress: expect.any(String),
      },
    });
    expect(await call('GET', `/emails/${id}`)).toMatchObject({ body: { last_event: 'complained' } });
  });

  it('can have happened earlier, to one of its recipients, several times', async () => {
    const id = await send({ to: ['ada@example.com', 'ben@example.com'] });
    await send();
    await act('open', {
      emailId: id,
      to: 'ben@example.com',
      timestamp: '2026-01-02T03:04:05.000Z',
      copies: 3,
    });
    const opened = hooks().slice(4).map(eventOf);
    expect(opened).toHaveLength(3);
    expect(opened[0]).toMatchObject({
      created_at: '2026-01-02T03:04:05.000Z',
      data: { email_id: id, to: ['ben@example.com'] },
    });
  });

  it.each([
    ['open', { to: 'nobody@example.com' }, /no mail to nobody/],
    ['open', { emailId: '1' }, /no mail .*1/],
    ['click', { link: 'https://other.example' }, /no such link/],
    ['unsubscribe', {}, /no List-Unsubscribe/],
  ])('cannot be: %s %j', async (action, input, reason) => {
    await send();
    await expect(act(action, input)).rejects.toThrow(reason);
  });

  it('is nothing before it is sent', async () => {
    await send({ scheduled_at: 'in 1 hour' }, 1);
    expect(types()).toEqual(['email.scheduled']);
    await expect(act('open')).rejects.toThrow(/it is scheduled/);
  });

  it('is not told where a domain does not track it', async () => {
    await resend.load({ domains: [{ name: 'example.com', openTracking: false, clickTracking: false }] });
    await send();
    await expect(act('open')).rejects.toThrow(/does not track opens/);
    await expect(act('click')).rejects.toThrow(/does not track clicks/);
  });
});

describe('one-click unsubscribing', () => {
  const headersFor = (address: string) => ({
    'List-Unsubscribe': `<mailto:u@example.com>, <${address}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  });

  it('posts what RFC 8058 says, and gives the answer', async () => {
    await send({ headers: headersFor(`${intake.url}/unsubscribe?token=1`) });
    answers = [202];
    expect(await act('unsubscribe')).toMatchObject({ status: 202 });
    expect(intake.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/unsubscribe',
      text: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  });

  it.each(['https://example.com/u', 'http://127.0.0.1.example.com/u', 'http://10.0.0.1/u'])(
    'never leaves this machine for %s',
    async (address) => {
      await send({ headers: headersFor(address) });
      await expect(act('unsubscribe')).rejects.toThrow(/this machine only/);
    },
  );
});

describe('the inbox', () => {
  const origin = () => new URL(resend.url).origin;
  const card = async () => await (await fetch(`${origin()}/sandbox/cards/resend`)).text();
  const html =
    '<body><div style="display:none;max-height:0">First &amp; foremost&zwnj;&nbsp;</div><script>parent.x=1</script><p>"Hi"</p></body>';

  it('says that it is empty', async () => {
    expect(await card()).toContain('No mail yet.');
  });

  it('shows subject, preheader, people and what happened, newest first', async () => {
    await send({ subject: '<b>One</b>', html });
    await send({ subject: 'Two', html: undefined, text: 'Only\n\ntext' });
    await act('open');
    await act('open');
    const shown = await card();
    expect(shown.indexOf('Two')).toBeLessThan(shown.indexOf('&lt;b&gt;One'));
    for (const text of [
      'First &amp; foremost<',
      'Only text',
      'Lifecycle &lt;hello@example.com&gt; → Ada Lovelace &lt;ada@example.com&gt;',
      'delivered',
      'opened × 2',
    ])
      expect(shown).toContain(text);
    expect(shown).not.toContain('<b>One');
  });

  it('opens a mail in a frame that can run nothing', async () => {
    const id = await send({ html, subject: '</title><script>' });
    const answer = await fetch(`${origin()}/sandbox/resend/mails/${id}`);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain('<iframe sandbox srcdoc="&lt;body&gt;');
    expect(page).not.toContain('<script>');
    const policy = answer.headers.get('content-security-policy') ?? '';
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain(`<script nonce="${nonce}">`);
    for (const action of ['open', 'bounce', 'complain']) expect(page).toContain(`data-action="${action}"`);
  });

  it('has no page for a mail that there is not', async () => {
    const answer = await fetch(`${origin()}/sandbox/resend/mails/1`);
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 404,
      body: { error: 'Resend has no page "mails/1".' },
    });
  });
});

describe('the state', () => {
  it('is taken back as it is shown, and nothing else', async () => {
    await send();
    await act('complain');
    const state = await resend.state<object>();
    await resend.reset();
    expect(await resend.state()).toMatchObject({ mails: [], suppressions: [], events: [], webhooks: [{}] });
    await resend.load(state);
    expect(await resend.state()).toEqual(state);
    await expect(resend.load({ mails: [{}] })).rejects.toThrow(/no Resend state/);
    expect(await resend.state()).toEqual(state);
  });

  it('sends the scheduled mails that were loaded', async () => {
    await send({ scheduled_at: 'in 1 hour' }, 1);
    const { mails } = await resend.state<{ mails: object[] }>();
    await resend.reset();
    const scheduledAt = new Date(Date.now() + 100).toISOString();
    await resend.load({ mails: mails.map((mail) => ({ ...mail, scheduledAt })) });
    await received(3);
    expect(types()).toEqual(['email.scheduled', 'email.sent', 'email.delivered']);
  });
});
