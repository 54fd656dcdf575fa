import { afterEach, describe, expect, it } from '@jest/globals';
import { useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { runByHand } from '../support/run-by-hand';
import { allHeard, letTimePass, nextDue, resendMails, sendDue, SENDING } from '../support/sending';
import { until } from '../support/until';
import { allWorkedOn, expectAllDone } from '../support/users';

const SEQUENCES = [
  'welcome-sequence',
  'onboarding-sequence',
  'trial-ending-sequence',
  'dunning-sequence',
  'win-back-sequence',
];
const campaign = useCampaign({
  published: ['intake', 'on-error', 'customer-billing', 'email-engagement', ...SEQUENCES],
  added: [SENDING],
});
const editor = useEditorApi(campaign);
const ROSA = 'rosa.keller@example.com';
const BERLIN = 'Europe/Berlin';
const DAY = 24 * 60 * 60_000;

afterEach(async () => {
  await allHeard(campaign);
  await expectAllDone(campaign);
});

const stripe = (action: string, input: object = {}) =>
  campaign.act('stripe', action, { email: ROSA, ...input });
const inDays = (days: number) => new Date(Date.now() + days * DAY);

async function mailStates(): Promise<string[]> {
  const rows = await campaign.rows<{ line: string }>(
    `select sequence.name || ': ' || message.state || coalesce(' (' || message.reason || ')', '') as line
     from lifecycle.message
       join lifecycle.sequence_entry entry on entry.id = entry_id
       join lifecycle.sequence on sequence.id = sequence_id
     order by message.id`,
  );
  return rows.map(({ line }) => line);
}

/** In the time zone of the customer: 24-hour clock and day of the week. */
function localTime(at: Date): { hour: number; minute: number; weekday: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: BERLIN,
    hour: 'numeric',
    minute: 'numeric',
    weekday: 'short',
  }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return { hour: Number(part('hour')), minute: Number(part('minute')), weekday: part('weekday') };
}

/** At ten on a workday, where the customer is. */
function expectInItsHour(at: Date): void {
  const { hour, minute, weekday } = localTime(at);
  expect([hour, minute]).toEqual([10, 0]);
  expect(['Sat', 'Sun']).not.toContain(weekday);
}

async function signUp(): Promise<void> {
  await campaign.sql(`insert into lifecycle.customer (email, time_zone) values ('${ROSA}', '${BERLIN}')`);
  await campaign.act('app', 'register', {
    email: ROSA,
    name: 'Rosa Keller',
    marketingConsent: true,
    copies: 3,
  });
  await allWorkedOn(campaign);
}

describe('the life of a customer', () => {
  it('has each mail once, in its hour, and none that does not fit any more', async () => {
    await signUp();
    const welcome = await letTimePass(campaign, inDays(12));
    expect(welcome.map(({ to }) => to)).toEqual([ROSA, ROSA, ROSA]);
    expect(welcome[0]?.subject).toBe('Welcome, Rosa');
    expect(['Three small steps to get going', 'Rosa, do you have ten minutes?']).toContain(
      welcome[1]?.subject,
    );
    expect(welcome[2]?.subject).toBe('How is it going?');
    welcome.slice(1).forEach(({ at }) => expectInItsHour(at));

    await stripe('subscribe', { plan: 'pro' });
    await allWorkedOn(campaign);
    expect((await mailStates()).filter((line) => line.startsWith('Onboarding'))).toEqual([
      'Onboarding tips: planned',
      'Onboarding tips: waiting',
      'Onboarding tips: held',
      'Onboarding tips: held',
    ]);

    await letTimePass(campaign, inDays(40));
    await stripe('failPayment');
    await allWorkedOn(campaign);
    const due = await nextDue(campaign);
    await sendDue(campaign, due ?? new Date());
    const [failed] = (await resendMails(campaign)).slice(-1);
    expect(failed).toMatchObject({ subject: 'Your payment did not go through', to: [ROSA] });
    expect(failed?.text).toContain('€29.00');
    expect(failed?.headers).not.toHaveProperty('List-Unsubscribe');
    const [reminder] = await letTimePass(campaign, inDays(4));
    expect(reminder?.subject).toBe('A reminder: your payment is still open');

    await stripe('renew');
    await allWorkedOn(campaign);
    expect((await mailStates()).filter((line) => line.startsWith('Dunning'))).toEqual([
      'Dunning: sent',
      'Dunning: sent',
      'Dunning: dropped (the sequence ended: stripe:invoice.paid)',
    ]);
    expect(await letTimePass(campaign, inDays(30))).toEqual([]);

    await stripe('cancelNow');
    await allWorkedOn(campaign);
    const winBack = (await letTimePass(campaign, inDays(16))).filter(({ to }) => to === ROSA);
    expect(winBack.map(({ subject }) => subject)).toEqual([
      'Thank you for the time with us',
      'What has changed since you left',
    ]);
    winBack.forEach(({ at }) => expectInItsHour(at));
    const goodbye = (await resendMails(campaign)).at(-1);
    expect(goodbye?.headers).toMatchObject({ 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' });

    await stripe('subscribe', { plan: 'pro' });
    await allWorkedOn(campaign);
    expect((await mailStates()).filter((line) => line.startsWith('Win-back'))).toEqual([
      'Win-back: sent',
      'Win-back: sent',
      expect.stringContaining('Win-back: dropped (the sequence ended: stage '),
    ]);
    const subjects = (await resendMails(campaign)).map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
    await until(async () => {
      const states = await campaign.rows<{ engagement: string }>(
        `select distinct engagement from lifecycle.message where state = 'sent'`,
      );
      return states.length === 1 && states[0]?.engagement === 'delivered';
    }, 'Resend to have told of all mails that they arrived');
  });
});

describe('a trial', () => {
  it('is told to end in time, and afterwards, to whoever does not buy', async () => {
    await stripe('subscribe', { plan: 'pro', trialDays: 14 });
    await stripe('trialWillEnd', { copies: 2 });
    await allWorkedOn(campaign);
    const sent = await letTimePass(campaign, inDays(20));
    expect(sent.map(({ subject }) => subject)).toEqual([
      'Your trial ends in three days',
      'Your trial ends tomorrow',
      'Your trial has ended',
    ]);
    const dayOf = (moment: Date) => Math.floor(moment.getTime() / DAY);
    expect(sent.map(({ at }) => dayOf(at) - dayOf(inDays(14)))).toEqual([-3, -1, 1]);
    const [first] = await resendMails(campaign);
    const day = inDays(14).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
    expect(first?.text).toContain(`day, ${day}.`);
  });

  it('of somebody who buys is not mentioned again', async () => {
    await stripe('subscribe', { plan: 'pro', trialDays: 14 });
    await stripe('trialWillEnd');
    await allWorkedOn(campaign);
    await letTimePass(campaign, inDays(12));
    await stripe('renew');
    await allWorkedOn(campaign);
    const subjects = (await letTimePass(campaign, inDays(20))).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.includes('trial'))).toEqual([]);
  });
});

describe('in the editor', () => {
  it('a sequence shows each of its mails, and plans nothing', async () => {
    const { status, data } = await runByHand(campaign, editor, {
      workflow: 'welcome-sequence',
      trigger: 'On registration',
    });
    expect(status).toBe('success');
    expect(data).toContain('mail_3');
    expect(data).toContain('text/html');
    expect(await mailStates()).toEqual([]);
    expect(await resendMails(campaign)).toEqual([]);
  });

  it('sending by hand tells what is due, and sends nothing', async () => {
    await signUp();
    const { status, data } = await runByHand(campaign, editor, {
      workflow: 'send-due-emails',
      trigger: 'Every 2 minutes',
    });
    expect(status).toBe('success');
    expect(data).toContain('In the editor nothing is claimed or sent');
    expect(await resendMails(campaign)).toEqual([]);
  });
});
