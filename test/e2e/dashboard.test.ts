import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openStore, type Store } from '../../store';
import { launchBrowser } from '../support/browser';
import { useCampaign } from '../support/campaign';
import { until } from '../support/until';

const campaign = useCampaign({
  published: [
    'intake',
    'on-error',
    'vip-coupon',
    'user-registered',
    'welcome-sequence',
    'lifecycle-dashboard',
  ],
});
const ADA = 'ada@example.com';
const EVIL = '<img src=x onerror=alert(1)><script>alert("1")</script>';
const EVIL_NAME = `Ada ${EVIL}`;
let store: Store;

beforeAll(async () => {
  store = await openStore(campaign.stack.databaseUrl);
});

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

interface Sent {
  body?: URLSearchParams;
  authorization?: string | undefined;
}

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function rightPassword(): string {
  const { username, password } = campaign.stack.dashboard;
  return basic(username, password);
}

async function send(query = '', { body, authorization }: Sent = {}): Promise<Answer> {
  const response = await fetch(campaign.stack.dashboard.url + query, {
    headers: authorization === undefined ? {} : { authorization },
    ...(body && { method: 'POST', body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const open = (query = '') => send(query, { authorization: rightPassword() });
const post = (fields: Record<string, string>) =>
  send('', { authorization: rightPassword(), body: new URLSearchParams(fields) });

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** Addresses of the links in a page, without those within it. */
function linksIn(html: string): string[] {
  return [...html.matchAll(/href="([^"]*)"/g)]
    .map(([, href = '']) => unescaped(href))
    .filter((href) => !href.startsWith('#'));
}

/** What the form of a page sends. */
function formIn(html: string): Record<string, string> {
  return Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
      ([, name = '', value = '']) => [name, unescaped(value)],
    ),
  );
}

/** Somebody buys a reservation and signs up; the work on it is over when this returns. */
async function live(): Promise<void> {
  await campaign.buy({ name: EVIL_NAME, email: ADA });
  await campaign.act('app', 'register', { email: ADA, name: EVIL_NAME, plan: 'pro', marketingConsent: true });
  await campaign.act('app', 'register', { email: 'grace@example.com', name: 'Grace', plan: 'free' });
  await campaign.allSettled();
}

/** As if all work of a workflow had failed for good. */
async function die(workflow: string): Promise<string[]> {
  const failure = JSON.stringify({
    node: 'x',
    service: 'Mautic',
    message: `refused ${EVIL}`,
    retryable: false,
  });
  const rows = await campaign.rows<{ id: string }>(
    `update lifecycle.delivery set state = 'dead', attempts = 6, last_failure = '${failure}', updated_at = now()
     from lifecycle.handler where handler.id = handler_id and handler.name = '${workflow}' returning delivery.id`,
  );
  return rows.map(({ id }) => id);
}

async function statesOf(ids: readonly string[]): Promise<string[]> {
  return (await store.deliveries.find({ ids }, 100)).map(({ state }) => state);
}

async function runs(): Promise<Array<{ status: string; data: string }>> {
  return await campaign.runs('lifecycle-dashboard');
}

describe('who may see it', () => {
  it('is nobody without the password, before anything runs', async () => {
    const { username, password } = campaign.stack.dashboard;
    const before = await campaign.traces();
    const wrong = [
      undefined,
      basic(username, `${password}x`),
      basic(username, ''),
      basic('', password),
      basic('admin', password),
      'Basic nonsense',
      `Bearer ${password}`,
    ];
    for (const authorization of wrong) {
      for (const body of [undefined, new URLSearchParams({ replay: 'one', delivery: '1' })]) {
        const { status, headers, text } = await send('', { authorization, ...(body && { body }) });
        expect({ authorization, status }).toEqual({ authorization, status: 401 });
        expect(headers.get('www-authenticate')).toMatch(/^Basic /);
        expect(text.length).toBeLessThan(100);
      }
    }
    expect(await campaign.traces()).toEqual(before);
  });
});

describe('the page', () => {
  beforeEach(live);

  it('shows what happened, keeps to itself, and every link on it leads somewhere', async () => {
    await die('VIP coupon');
    const { status, headers, text } = await open();
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': 'inline',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    expect(text).not.toContain('<script');
    expect(text).not.toContain('<img');

    const problems: string[] = [];
    const pages = [...new Set(linksIn(text))];
    expect(pages.length).toBeGreaterThan(30);
    for (const link of pages) {
      const answer = link.startsWith('?') ? await open(link.replace(/#.*/, '')) : undefined;
      if (answer?.status !== 200) problems.push(`${link}: ${answer?.status ?? 'leads away'}`);
      if (answer && /<script|<img/.test(answer.text) && !link.includes('format=csv'))
        problems.push(`${link}: markup`);
    }
    expect(problems).toEqual([]);
  });

  it('shows no secret', async () => {
    await die('VIP coupon');
    const secrets = [
      campaign.stack.dashboard.password,
      campaign.stack.owner.password,
      campaign.stack.appEventsToken,
    ];
    const overview = await open();
    const [customer] = await campaign.rows<{ id: string }>(
      `select id from lifecycle.customer where email = '${ADA}'`,
    );
    expect(overview.status).toBe(200);
    for (const { text } of [overview, await open(`?customer=${customer?.id ?? ''}`)]) {
      for (const secret of secrets) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/sk_test_|whsec_|re_[A-Za-z0-9]{8}|postgres:\/\//);
    }
  });

  it('shows a customer, by id and by address, with a name that stays text', async () => {
    const customer = await store.customers.get(ADA);
    for (const query of [
      `?customer=${customer?.id ?? ''}`,
      `?email=${encodeURIComponent('ADA@example.com')}`,
    ]) {
      const { status, text } = await open(query);
      expect(status).toBe(200);
      expect(text).toContain(ADA);
      expect(text).toContain('&lt;img src=x');
      expect(text).not.toContain('<img');
    }
    expect((await open('?customer=999999')).status).toBe(404);
    expect((await open('?email=nobody%40example.com')).status).toBe(404);
  });

  it('gives tables as files', async () => {
    const { text } = await open();
    const [csv] = linksIn(text).filter((link) => link.includes('format=csv'));
    for (const query of [csv ?? '', '?list=customers&format=csv']) {
      const file = await open(query);
      expect(file.status).toBe(200);
      expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+\.csv"$/);
      expect(file.text.split('\n').length).toBeGreaterThan(2);
    }
    expect((await open('?list=customers&format=csv')).text).toContain(ADA);
  });

  it('takes nonsense in its address for nothing', async () => {
    for (const query of [
      '?period=0&tier=gold&x=1',
      '?period=30&period=7',
      '?tier[a]=1',
      '?replay=one&delivery=1;drop',
      '?list[]=customers',
      '?list=customers&after=nonsense&stage=x&tier=%00',
      `?period=${'9'.repeat(3_000)}`,
    ]) {
      expect({ query, status: (await open(query)).status }).toEqual({ query, status: 200 });
    }
    expect((await open('?list=constructor')).status).toBe(404);
  });
});

describe('replaying', () => {
  beforeEach(live);

  it('one event and all of a kind, after having asked', async () => {
    const dead = await die('VIP coupon');
    const [one = ''] = dead;
    const asked = await open(`?replay=one&delivery=${one}`);
    expect(asked.status).toBe(200);
    expect(asked.text).toContain('VIP coupon');
    expect(asked.text).not.toContain('<img');
    expect(await statesOf(dead)).toEqual(['dead']);
    const done = await post(formIn(asked.text));
    expect(done.status).toBe(200);
    expect(done.text).toContain('1 event');
    await until(async () => (await statesOf([one])).join() === 'done', 'the event to be worked on again');

    const registrations = await die('User registered');
    expect(registrations).toHaveLength(2);
    const link = linksIn((await open()).text).find((href) => href.includes('replay=all')) ?? '?replay=all';
    const all = await open(link);
    expect(all.text).toContain('2 events');
    await post(formIn(all.text));
    await until(
      async () => (await statesOf(registrations)).join() === 'done,done',
      'all of them to be worked on again',
    );
    // A second press finds nothing to do.
    expect((await post(formIn(all.text))).status).toBe(200);
    expect(await statesOf(registrations)).toEqual(['done', 'done']);
  });

  it('is refused without a token that was given out for just that', async () => {
    const [one = '', other = ''] = await die('User registered');
    const form = formIn((await open(`?replay=one&delivery=${one}`)).text);
    const [expiry = '', signature = ''] = (form.token ?? '').split('.');
    const without = Object.fromEntries(Object.entries(form).filter(([name]) => name !== 'token'));
    const forged: Array<Record<string, string>> = [
      without,
      { ...form, token: '' },
      { ...form, delivery: other },
      { ...form, token: `${Number(expiry) + 1}.${signature}` },
      { ...form, token: `${expiry}.${'A'.repeat(24)}` },
      { replay: 'all', handler: 'user-registered', token: form.token ?? '' },
    ];
    for (const fields of forged) {
      const { status } = await post(fields);
      expect(status).toBe(403);
    }
    expect((await post({})).status).toBe(404);
    expect(await statesOf([one, other])).toEqual(['dead', 'dead']);
  });
});

describe('while the store is out of reach', () => {
  it('asks for patience, turns the run red, and keeps no password with it', async () => {
    const failed = async () => (await runs()).filter(({ status }) => status === 'error');
    const before = (await failed()).length;
    await campaign.allowStoreConnections(false);
    const answers = [await open(), await post({ replay: 'one', delivery: '1' })];
    await campaign.allowStoreConnections(true);
    for (const { status, text } of answers) {
      expect(status).toBe(503);
      expect(text).toContain('try again');
    }
    await until(async () => (await failed()).length === before + 2, 'the runs to be red');
    const { username, password } = campaign.stack.dashboard;
    const secret = Buffer.from(`${username}:${password}`).toString('base64');
    for (const { data } of await failed()) {
      // What else the request had is there.
      expect(data).toContain('user-agent');
      expect(data).not.toContain(secret);
      expect(data).not.toContain(password);
    }
    expect((await open()).status).toBe(200);
    expect((await runs()).filter(({ status }) => status === 'success')).toEqual([]);
  });
});

describe('in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  it('asks once for the password, and replays by links and buttons', async () => {
    await live();
    const dead = await die('VIP coupon');
    const { url, username, password } = campaign.stack.dashboard;
    const page = await browser.newPage({ httpCredentials: { username, password } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(`${url}?replay=one&delivery=${dead[0] ?? ''}`);
    await page.getByRole('button', { name: 'Try 1 event again' }).click();
    await page.getByRole('status').waitFor();
    await until(async () => (await statesOf(dead)).join() === 'done', 'the event to be worked on again');
    expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
    await page.close();
  });
});
