import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore, PersonErased, type FoundMessage, type SequenceDefinition } from '../../store';
import { useCampaign } from '../support/campaign';
import { ANSWER_LOST, REFUSED, UNREACHABLE } from '../support/faults';
import { allHeard, letTimePass, resendMails, sendDue, SENDING } from '../support/sending';
import { sequence, step } from '../support/sequences';
import { until } from '../support/until';
import { expectAllDone } from '../support/users';

const campaign = useCampaign({
  published: ['intake', 'on-error', 'email-engagement'],
  added: [SENDING],
});
const ADA = 'ada@example.com';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** In the middle of a day, whenever the test runs. */
const NOON = Date.UTC(2027, 4, 3, 12);
const at = (milliseconds: number) => new Date(NOON + milliseconds);

afterEach(() => allHeard(campaign));

beforeEach(async () => {
  await campaign.act('resend', 'setRateLimit', { perSecond: 50 });
});

const once = (given: Partial<SequenceDefinition> = {}): SequenceDefinition =>
  sequence({
    from: null,
    steps: [step('Hello')],
    preferencesPage: 'http://127.0.0.1:9/preferences',
    ...given,
  });

async function start(definition: SequenceDefinition, emails: readonly string[], data: object = {}) {
  const { sequences } = await openStore(campaign.stack.databaseUrl);
  const starts = emails.map((email) => ({
    email,
    cause: '1',
    startedAt: at(0),
    enteredAt: at(0),
    data: { ...data },
  }));
  const started = await sequences.start(definition, starts, at(0));
  for (const each of started) {
    if (each instanceof PersonErased || each.entryId === undefined) throw new Error(JSON.stringify(each));
  }
}

const crowd = (count: number) =>
  Array.from({ length: count }, (_, number) => `customer${number}@example.com`);

async function found(): Promise<FoundMessage[]> {
  return await (await openStore(campaign.stack.databaseUrl)).messages.find({}, 1_000);
}

async function states(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of await found()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

async function callsToResend(): Promise<number> {
  return (await campaign.requests()).filter(({ double }) => double === 'resend').length;
}

async function recipients(): Promise<string[]> {
  return (await resendMails(campaign)).map(({ to }) => to.join()).sort();
}

describe('mails that are due', () => {
  it('go out once, though several senders run at the same time', async () => {
    await start(once(), crowd(350));
    await Promise.all(Array.from({ length: 4 }, () => sendDue(campaign, at(0))));
    expect(await recipients()).toEqual(crowd(350).sort());
    expect(await states()).toEqual({ sent: 350 });
  });

  it('go out once when the answer of a batch gets lost', async () => {
    await campaign.fail('resend', { path: '/emails/batch', times: 6, ...ANSWER_LOST });
    await start(once(), crowd(150));
    expect(await sendDue(campaign, at(0))).toBe(false);
    await sendDue(campaign, at(2 * MINUTE));
    await sendDue(campaign, at(20 * MINUTE));
    expect(await recipients()).toEqual(crowd(150).sort());
    expect(await states()).toEqual({ sent: 150 });
  });

  it.each([
    ['answers 503', REFUSED],
    ['cannot be reached', UNREACHABLE],
  ])('wait for two hours while Resend %s, tell it, and then go out once', async (_case, fault) => {
    await campaign.fail('resend', { path: '/emails', ...fault });
    await start(once(), crowd(120));
    expect(await sendDue(campaign, at(0))).toBe(false);
    for (const minutes of [2, 8, 20, 50, 110]) await sendDue(campaign, at(minutes * MINUTE));
    expect(await resendMails(campaign)).toEqual([]);
    await until(async () => (await campaign.slackMessages()).join().includes('Resend'), 'Slack to be told');
    await campaign.fail('resend');
    for (const minutes of [120, 180, 240]) await sendDue(campaign, at(minutes * MINUTE));
    expect(await recipients()).toEqual(crowd(120).sort());
    expect(await states()).toEqual({ sent: 120 });
  });

  it('stop when the quota is used up, say so, and go on when it is there again', async () => {
    await campaign.act('resend', 'setQuota', { daily: 100 });
    await start(once(), crowd(250));
    expect(await sendDue(campaign, at(0))).toBe(false);
    expect((await resendMails(campaign)).length).toBe(100);
    const calls = await callsToResend();
    await sendDue(campaign, new Date(Date.now() + MINUTE));
    expect(await callsToResend()).toBe(calls);
    await until(async () => (await campaign.slackMessages()).join().includes('quota'), 'Slack to be told');
    await campaign.act('resend', 'setQuota', { daily: null });
    await sendDue(campaign, at(2 * DAY));
    expect(await recipients()).toEqual(crowd(250).sort());
  });

  it('are not held back by one that Resend refuses', async () => {
    await start(once(), [...crowd(5), 'not an address', 'nobody@']);
    expect(await sendDue(campaign, at(0))).toBe(true);
    expect(await recipients()).toEqual(crowd(5).sort());
    expect(await states()).toEqual({ sent: 5, failed: 2 });
    const failed = (await found()).filter(({ state }) => state === 'failed');
    expect(failed.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/address/),
      expect.stringMatching(/address/),
    ]);
  });

  it('wait for the admin when the key is wrong, and name what to do', async () => {
    await campaign.fail('resend', {
      path: '/emails',
      status: 401,
      body: { statusCode: 401, name: 'validation_error', message: 'API key is invalid' },
    });
    await start(once(), crowd(3));
    expect(await sendDue(campaign, at(0))).toBe(false);
    expect(await states()).toEqual({ planned: 3 });
    expect((await found())[0]?.reason).toMatch(/Check the API key in the Lifecycle Resend API credential/);
    await campaign.fail('resend');
    await sendDue(campaign, at(HOUR));
    expect(await states()).toEqual({ sent: 3 });
  });

  it('are sent as they read, whatever customers are called', async () => {
    const names: Record<string, string> = {
      'liquid@example.com': '{{ 7 | times: 7 }}{% for i in (1..1000000000) %}x{% endfor %}',
      'script@example.com': '<script>alert(1)</script>',
      'link@example.com': '[click](https://evil.example.com)',
      'long@example.com': 'N'.repeat(1_000),
      'emoji@example.com': 'Zoë 🚀🇩🇪 O’Hara',
      'rtl@example.com': 'יוסי כהן',
    };
    const values = Object.entries(names).map(
      ([email, name]) => `('${email}', '${name.replaceAll("'", "''")}')`,
    );
    await campaign.sql(`insert into lifecycle.customer (email, name) values ${values.join()}`);
    const greeting = 'Hello {{ customer.name | default: "there" }}';
    const text = {
      name: 'A',
      weight: 1,
      subject: greeting,
      preheader: '',
      body: `${greeting},\n\nhow are you?`,
    };
    await start(once({ steps: [step('Hello', { variants: [text] })] }), [...Object.keys(names), ADA]);
    expect(await sendDue(campaign, at(0))).toBe(true);
    const mails = new Map((await resendMails(campaign)).map((mail) => [mail.to.join(), mail]));
    expect(mails.size).toBe(7);
    expect(mails.get(ADA)?.subject).toBe('Hello there');
    expect(mails.get('liquid@example.com')?.subject).toContain('{{ 7 | times: 7 }}');
    expect(mails.get('liquid@example.com')?.html).not.toContain('Hello 49');
    expect(mails.get('script@example.com')?.html).not.toContain('<script>alert');
    expect(mails.get('script@example.com')?.html).toContain('&lt;script&gt;');
    expect(mails.get('link@example.com')?.html).not.toContain('href="https://evil.example.com');
    expect(mails.get('emoji@example.com')?.subject).toContain('Zoë 🚀🇩🇪 O’Hara');
    expect(mails.get('rtl@example.com')?.text).toContain('יוסי כהן');
    expect(mails.get('long@example.com')?.subject.length).toBeLessThanOrEqual(998);
  });

  it('go out at ten wherever customers are, across the change to daylight-saving time', async () => {
    await campaign.sql(
      `insert into lifecycle.customer (email, time_zone) values
         ('berlin@example.com', 'Europe/Berlin'), ('tokyo@example.com', 'Asia/Tokyo'),
         ('ny@example.com', 'America/New_York'), ('mars@example.com', 'Mars/Base')`,
    );
    const { sequences } = await openStore(campaign.stack.databaseUrl);
    const march = new Date(Date.UTC(2027, 2, 27, 12));
    const tomorrowAtTen = step('Morning', { delay: 1, unit: 'days', timeOfDay: '10:00' });
    const emails = ['berlin', 'tokyo', 'ny', 'mars'].map((name) => `${name}@example.com`);
    await sequences.start(
      once({ steps: [tomorrowAtTen] }),
      emails.map((email) => ({ email, cause: '1', startedAt: march, enteredAt: march, data: {} })),
      march,
    );
    const sent = await letTimePass(campaign, new Date(Date.UTC(2027, 2, 30)));
    expect(Object.fromEntries(sent.map(({ to, at: when }) => [to, when.toISOString()]))).toEqual({
      'tokyo@example.com': '2027-03-28T01:00:00.000Z',
      'berlin@example.com': '2027-03-28T08:00:00.000Z',
      'mars@example.com': '2027-03-28T10:00:00.000Z',
      'ny@example.com': '2027-03-28T14:00:00.000Z',
    });
  });
});

describe('what becomes of mails', () => {
  async function sendTo(email: string, definition = once()): Promise<void> {
    await start(definition, [email]);
    expect(await sendDue(campaign, at(0))).toBe(true);
    await allHeard(campaign);
  }

  async function engagementOf(email: string): Promise<string | null | undefined> {
    return (await found()).find((each) => each.email === email && each.state === 'sent')?.engagement;
  }

  it('is known, whatever the order in which Resend tells it, and however often', async () => {
    await campaign.act('resend', 'setDelivery', { webhooks: 'held' });
    await sendTo(ADA);
    await campaign.act('resend', 'open', { to: ADA, deliver: false });
    await campaign.act('resend', 'click', { to: ADA, deliver: false });
    await campaign.act('resend', 'redeliver', { all: true, shuffle: true, copies: 3 });
    await until(async () => (await engagementOf(ADA)) === 'clicked', 'the click to be known');
    await expectAllDone(campaign);
    expect(await campaign.rows('select from lifecycle.message_event')).toHaveLength(4);
  });

  it.each([
    ['bounce', 'bounced'],
    ['complain', 'complained'],
  ])('keeps everything else from an address after: %s', async (action, reason) => {
    await campaign.act('mautic', 'saveContact', { email: ADA, fields: {} });
    await campaign.act('resend', 'setDelivery', { arrives: false });
    await sendTo(ADA, once({ steps: [step('Hello'), step('More', { delay: 1, unit: 'days' })] }));
    await campaign.act('resend', action, { to: ADA });
    await until(async () => (await engagementOf(ADA)) === reason, `the mail to be ${reason}`);
    await expectAllDone(campaign);
    expect(await letTimePass(campaign, at(3 * DAY))).toEqual([]);
    const { suppressions } = await openStore(campaign.stack.databaseUrl);
    expect(await suppressions.find(ADA, 9)).toMatchObject([{ email: ADA, reason }]);
    const { contacts } = await campaign.stateOf<{ contacts: Array<{ doNotContact?: object[] }> }>('mautic');
    expect(JSON.stringify(contacts)).toContain('"email"');
  });

  it('a full mailbox is no reason to give somebody up', async () => {
    await campaign.act('resend', 'setDelivery', { arrives: false });
    await sendTo(ADA, once({ steps: [step('Hello'), step('More', { delay: 1, unit: 'days' })] }));
    await campaign.act('resend', 'bounce', { to: ADA, type: 'Transient' });
    await until(async () => (await engagementOf(ADA)) === 'bounced', 'the mail to be bounced');
    await expectAllDone(campaign);
    expect(await letTimePass(campaign, at(3 * DAY))).toHaveLength(1);
  });

  it('can set a mail going that waits for a click', async () => {
    const waiting = step('More', {
      delay: 3,
      unit: 'days',
      wait: { events: ['resend:email.clicked'], whenTimeIsUp: 'skip', other: null },
    });
    await sendTo(ADA, once({ steps: [step('Hello'), waiting] }));
    await campaign.act('resend', 'click', { to: ADA, timestamp: at(HOUR).toISOString() });
    await until(async () => (await engagementOf(ADA)) === 'clicked', 'the click to be known');
    await expectAllDone(campaign);
    const sent = await letTimePass(campaign, at(3 * DAY));
    expect(sent.map(({ subject }) => subject)).toEqual(['More subject']);
    expect(await states()).toEqual({ sent: 2 });
  });
});
