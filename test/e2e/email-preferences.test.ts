import path from 'node:path';
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openStore, type Store } from '../../store';
import { launchBrowser } from '../support/browser';
import { useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { sequence, step } from '../support/sequences';
import { until } from '../support/until';

const campaign = useCampaign({ published: ['intake', 'on-error', 'email-preferences'] });
const editor = useEditorApi(campaign);
const ADA = 'ada@example.com';
const EVIL = '<script>alert("1")</script>';
/** Where pictures of the page go, to be looked at. */
const { SCREENSHOTS } = process.env;
let store: Store;

beforeAll(async () => {
  store = await openStore(campaign.stack.databaseUrl);
});

beforeEach(() => campaign.sql('truncate lifecycle.email_preference'));

/** Somebody who gets mails of sequences of three topics; gives the token of the links in them. */
async function subscriber(email = ADA): Promise<string> {
  for (const topic of ['Tips', 'Offers', EVIL]) {
    const definition = sequence({ name: topic, topic, steps: [step('First', { delay: 5, unit: 'days' })] });
    await store.sequences.start(definition, [{ email, cause: '1', startedAt: new Date(), data: {} }]);
  }
  const [customer] = await campaign.rows<{ id: string }>(
    `select id from lifecycle.customer where email = '${email}'`,
  );
  const id = customer?.id ?? '';
  return (await store.emailPreferences.tokensFor([id])).get(id) ?? '';
}

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

async function send(query: string, body?: URLSearchParams | FormData | string): Promise<Answer> {
  const response = await fetch(addressOf(query), body === undefined ? {} : { method: 'POST', body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const addressOf = (query: string) => `${campaign.stack.n8nUrl}/webhook/email-preferences${query}`;

const form = (...fields: Array<[string, string]>) => new URLSearchParams(fields);

/** The topics of the mails that are still to come. */
async function toCome(email = ADA): Promise<string[]> {
  const rows = await campaign.rows<{ name: string }>(
    `select sequence.name from lifecycle.message join lifecycle.sequence_entry entry on entry.id = entry_id
       join lifecycle.sequence on sequence.id = sequence_id join lifecycle.customer on customer.id = entry.customer_id
     where message.state = 'planned' and customer.email = '${email}' order by 1`,
  );
  return rows.map(({ name }) => name);
}

async function wants(token: string): Promise<object> {
  const { wantsMarketing, topics = [] } = (await store.emailPreferences.read(token)) ?? {};
  return { wantsMarketing, topics: topics.filter(({ wanted }) => wanted).map(({ topic }) => topic) };
}

const ALL = { wantsMarketing: null, topics: [EVIL, 'Offers', 'Tips'] };

describe('the page', () => {
  it('shows what somebody gets, changes nothing, and keeps to itself', async () => {
    const token = await subscriber();
    const { status, text, headers } = await send(`?token=${token}`);
    expect(status).toBe(200);
    expect(text).toContain('a•••@example.com');
    expect(text).not.toContain(ADA);
    expect(text).not.toContain('<script');
    expect(text.match(/type="checkbox"[^>]* checked>/g)).toHaveLength(3);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
    });
    expect((await send(`?token=${token}&confirm=1`)).text).toContain('Yes, send me e-mails');
    expect(await wants(token)).toEqual(ALL);
    expect(await campaign.rows('select * from lifecycle.email_preference')).toEqual([]);
  });

  it('saves topics, ends what is not wanted any more, and takes it back', async () => {
    const token = await subscriber();
    const two = await send(`?token=${token}`, form(['topics', 'Tips'], ['topics', 'Offers'], ['do', 'save']));
    expect(two.status).toBe(200);
    expect(two.text).toContain('Saved.');
    expect(await wants(token)).toEqual({ wantsMarketing: null, topics: ['Offers', 'Tips'] });
    const one = form(['topics', 'Tips'], ['topics', 'Tips'], ['topics', 'Unknown'], ['do', 'save']);
    await send(`?token=${token}`, one);
    expect(await wants(token)).toEqual({ wantsMarketing: null, topics: ['Tips'] });
    expect(await toCome()).toEqual(['Tips']);
    await send(`?token=${token}`, form(['do', 'save']));
    expect(await wants(token)).toEqual({ wantsMarketing: null, topics: [] });
    await send(`?token=${token}`, form(['topics', EVIL], ['do', 'save']));
    expect(await wants(token)).toEqual({ wantsMarketing: null, topics: [EVIL] });
  });

  it('unsubscribes from all by one click of a mailbox, in both encodings, and lets people undo it', async () => {
    const token = await subscriber();
    const multipart = new FormData();
    multipart.append('List-Unsubscribe', 'One-Click');
    for (const body of [form(['List-Unsubscribe', 'One-Click']), multipart]) {
      const { status, text } = await send(`?token=${token}`, body);
      expect(status).toBe(200);
      expect(text).toContain('You are unsubscribed');
      expect(await wants(token)).toEqual({ ...ALL, wantsMarketing: false });
      expect(await toCome()).toEqual([]);
      await send(`?token=${token}`, form(['topics', 'Tips'], ['topics', 'Offers'], ['do', 'subscribe']));
      expect(await wants(token)).toEqual({ wantsMarketing: true, topics: ['Offers', 'Tips'] });
      await send(
        `?token=${token}`,
        form(['topics', 'Tips'], ['topics', 'Offers'], ['topics', EVIL], ['do', 'save']),
      );
    }
  });

  it('gives whose link is not ours, or was erased, the same page, which tells nothing', async () => {
    const token = await subscriber();
    const grace = await subscriber('grace@example.com');
    const forged = [
      '',
      '?token=',
      `?token=${token.slice(0, -1)}`,
      `?token=${token.replace(/^\d+/, '999')}`,
      `?token=${grace.split('.')[0]}.${token.split('.')[1]}`,
      `?token=${token}&token=${grace}`,
      '?token[a]=1',
      `?token=${encodeURIComponent(EVIL)}`,
    ];
    const pages = new Set<string>();
    for (const query of forged) {
      for (const body of [undefined, form(['List-Unsubscribe', 'One-Click'])]) {
        const { status, text } = await send(query, body);
        expect({ query, status }).toEqual({ query, status: 404 });
        pages.add(text);
      }
    }
    expect(await toCome('grace@example.com')).toHaveLength(3);
    expect(await wants(token)).toEqual(ALL);
    await store.privacy.erase(ADA);
    const erased = await send(`?token=${token}`);
    expect(erased.status).toBe(404);
    pages.add(erased.text);
    expect(pages.size).toBe(1);
  });

  it('changes nothing for a form that it does not know', async () => {
    const token = await subscriber();
    const bodies = [
      '',
      'nonsense',
      form(['do', 'constructor']),
      form(['List-Unsubscribe', 'no']),
      form(['topics', 'Tips']),
      form(...Array.from({ length: 5_000 }, (): [string, string] => ['topics', 'x'.repeat(100)])),
    ];
    for (const body of bodies) {
      const { status, text } = await send(`?token=${token}`, body);
      expect(status).toBe(400);
      expect(text).toContain('Nothing was changed');
    }
    expect(await wants(token)).toEqual(ALL);
  });

  it('asks for patience while the store is out of reach', async () => {
    const token = await subscriber();
    const failedRuns = async () =>
      (await campaign.runs('email-preferences')).filter((run) => run.status === 'error').length;
    const before = await failedRuns();
    await campaign.allowStoreConnections(false);
    const { status, text } = await send(`?token=${token}`, form(['List-Unsubscribe', 'One-Click']));
    await campaign.allowStoreConnections(true);
    expect(status).toBe(503);
    expect(text).toContain('try again');
    await until(async () => (await failedRuns()) === before + 1, 'the run to be red');
  });
});

describe('in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  async function picture(page: Page, name: string): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
  }

  it.each([
    { name: 'light', colorScheme: 'light', viewport: { width: 900, height: 700 } },
    { name: 'dark', colorScheme: 'dark', viewport: { width: 900, height: 700 } },
    { name: 'phone', colorScheme: 'light', viewport: { width: 360, height: 740 } },
  ] as const)('can be used: $name', async ({ name, ...options }) => {
    const token = await subscriber();
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(addressOf(`?token=${token}`));
    await picture(page, `${name}-1-choices`);
    await page.getByLabel('Offers').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').waitFor();
    expect(await wants(token)).toEqual({ wantsMarketing: null, topics: [EVIL, 'Tips'] });
    await page.getByRole('button', { name: 'Unsubscribe from all' }).click();
    await page.getByText('You are unsubscribed').waitFor();
    await picture(page, `${name}-2-unsubscribed`);
    expect(await wants(token)).toMatchObject({ wantsMarketing: false });
    await page.getByRole('button', { name: 'Subscribe again' }).click();
    await page.getByText('You are subscribed again').waitFor();
    expect(await wants(token)).toEqual({ wantsMarketing: true, topics: [EVIL, 'Tips'] });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBe(options.viewport.width);
    await page.goto(addressOf('?token=1'));
    await picture(page, `${name}-3-invalid`);
    expect(complaints.filter((text) => !/favicon|404/.test(text))).toEqual([]);
    await page.close();
  });

  it('confirms a subscription that double opt-in asks for, once by mail', async () => {
    await editor.publish('double-opt-in');
    await campaign.act('app', 'register', { email: 'no@example.com', marketingConsent: false, plan: 'free' });
    await campaign.act('app', 'register', { email: ADA, name: 'Ada Lovelace', plan: 'free' });
    await campaign.allSettled();
    await editor.unpublish('double-opt-in');
    const { messages } = await store.messages.claimDue(
      { limit: 10, mostMarketingPerDay: 1, leaseSeconds: 60 },
      new Date(),
    );
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({
      kind: 'transactional',
      subject: 'Please confirm your subscription',
      preferencesPage: expect.stringMatching(/\/webhook\/email-preferences$/),
      customer: { email: ADA },
    });
    const token = (await store.emailPreferences.tokensFor([messages[0]?.customerId ?? ''])).values().next();
    const page = await browser.newPage();
    await page.goto(addressOf(`?token=${token.value ?? ''}&confirm=1`));
    await picture(page, 'confirm');
    await page.getByRole('button', { name: 'Yes, send me e-mails' }).click();
    await page.getByText('Your subscription is confirmed').waitFor();
    await picture(page, 'confirmed');
    expect(await wants(token.value ?? '')).toMatchObject({ wantsMarketing: true });
    await page.close();
  });
});
