import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MauticDouble } from '../../../sandbox/mautic';
import type { Clock } from '../../../services/http';
import { sendOnce, type MailToSend, type MauticApi } from '../../../services/mautic';
import { mauticApi, type MauticState } from '../../support/mautic';
import { MemoryEffects } from '../../support/memory-effects';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const KEY = 'mautic-email:VIP coupon:stripe:cs_1';
const SEND = { method: 'POST', path: '/send$' };
const MINUTE_MS = 60_000;

let mautic: TestSandbox;
let api: MauticApi;
let effects: MemoryEffects;
let slept: number[];
let clock: Clock;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
  api = mauticApi(mautic.url);
});
beforeEach(async () => {
  await mautic.reset();
  await mautic.fail();
  await mautic.forgetRequests();
  effects = new MemoryEffects();
  slept = [];
  clock = { now: Date.now, sleep: async (milliseconds) => void slept.push(milliseconds) };
});
afterAll(() => mautic.close());

const send = (over: Partial<MailToSend> = {}) =>
  sendOnce(
    api,
    effects,
    {
      email: { id: 1, name: 'VIP coupon' },
      reference: { name: 'VIP coupon' },
      contactId: 1,
      tokens: {},
      cause: 'stripe:cs_1',
      by: 'delivery 1',
      whenUnknown: 'ask',
      ...over,
    },
    clock,
  );

const sentMails = async () => (await mautic.state<MauticState>()).sentEmails;
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

/** Mautic sent a mail at a given time, as its statistics have it. */
async function mauticSent(dateSent: Date, over: { emailId?: number; contactId?: number } = {}) {
  const result = await send({ cause: 'another', contactId: over.contactId ?? 1 });
  expect(result.sent).toBe(true);
  const state = await mautic.state<MauticState>();
  const sentEmails = state.sentEmails.map((mail, index) =>
    index === state.sentEmails.length - 1
      ? { ...mail, dateSent: dateSent.toISOString().replace(/\.\d+Z$/, '+00:00'), ...over }
      : mail,
  );
  await mautic.load({ ...state, sentEmails });
  await mautic.forgetRequests();
}

describe('a mail', () => {
  it('is sent with one call, and confirmed', async () => {
    expect(await send()).toEqual({ sent: true });
    expect(await mautic.calls()).toEqual(['POST /api/emails/1/contact/1/send']);
    expect(effects.effects.get(KEY)?.detail).toEqual({ emailId: 1, contactId: 1 });
  });

  it('is not sent again for its cause', async () => {
    await send();
    expect(await send()).toEqual({ sent: false, reason: 'already sent for this cause' });
    expect(await sentMails()).toHaveLength(1);
  });

  it('is sent again for another cause', async () => {
    await send();
    await send({ cause: 'stripe:cs_2' });
    expect(await sentMails()).toHaveLength(2);
  });

  it('goes out once of twenty tries side by side', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => send()));
    expect(results.filter((one) => one.status === 'fulfilled' && one.value.sent)).toHaveLength(1);
    expect(await sentMails()).toHaveLength(1);
  });
});

describe('a send that Mautic certainly refused', () => {
  it.each([
    ['an e-mail that is not there', { email: { id: 99, name: 'VIP coupon' }, reference: { id: 99 } }, /404/],
    ['a contact that is not there', { contactId: 99 }, /404/],
  ])('may be tried again: %s', async (_, over, message) => {
    await expect(send(over)).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect(effects.effects.size).toBe(0);
  });

  it('may be tried again: a missing permission', async () => {
    await mautic.fail({ ...SEND, status: 403, body: { errors: [{ message: 'You do not have access.' }] } });
    await expect(send()).rejects.toMatchObject({ retryable: false });
    await mautic.fail();
    expect(await send()).toEqual({ sent: true });
  });

  it("is told in Mautic's words", async () => {
    await mautic.fail({
      ...SEND,
      status: 200,
      body: { success: false, failed: 'Connection refused by relay' },
    });
    await expect(send()).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('"Connection refused by relay"'),
    });
    expect(effects.effects.size).toBe(0);
  });

  it('says what to do when Mautic keeps it back without a word', async () => {
    await mautic.fail({ ...SEND, status: 200, body: { success: false, failed: [] } });
    await expect(send()).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(/do-not-contact.*Send to DNC/),
    });
  });

  it('is not taken for success when success is not true', async () => {
    await mautic.fail({ ...SEND, status: 200, body: { success: 1 } });
    await expect(send()).rejects.toMatchObject({ service: 'Mautic' });
  });

  it('uses the new id of an e-mail that was made anew', async () => {
    expect(await send({ email: { id: 99, name: 'VIP coupon' } })).toEqual({ sent: true });
    expect((await sentMails()).map(({ emailId }) => emailId)).toEqual([1]);
  });
});

describe('a send that was cut off', () => {
  it.each([
    ['before Mautic acted', 'before', 1],
    ['after Mautic acted', 'after', 1],
  ])('%s ends in one mail', async (_, drop, mails) => {
    await mautic.fail({ ...SEND, times: 1, drop });
    await expect(send()).rejects.toMatchObject({ retryable: true });
    expect(effects.effects.get(KEY)?.detail).toBeUndefined();

    const second = await send();
    expect(second.sent).toBe(drop === 'before');
    expect(effects.effects.get(KEY)?.detail).toBeDefined();
    expect(await sentMails()).toHaveLength(mails);
    expect((await send()).reason).toBe('already sent for this cause');
  });

  it.each([500, 502, 408])(
    'is left begun, and not repeated at once, when a proxy answers %d',
    async (status) => {
      await mautic.fail({ ...SEND, status });
      await expect(send()).rejects.toMatchObject({ retryable: true, status });
      expect(effects.effects.get(KEY)).toBeDefined();
      expect(await mautic.calls()).toEqual(['POST /api/emails/1/contact/1/send']);
    },
  );

  it('waits until Mautic must be through before it asks', async () => {
    effects.leaveBegun(KEY, ago(4_000));
    await send();
    expect(slept).toEqual([expect.any(Number)]);
    expect(slept[0]).toBeGreaterThan(14_000);
    expect(slept[0]).toBeLessThanOrEqual(16_000);
  });

  it('does not wait when that is long past', async () => {
    effects.leaveBegun(KEY, ago(MINUTE_MS));
    await send();
    expect(slept).toEqual([0]);
  });

  it('is over when the other try ended while it waited', async () => {
    effects.leaveBegun(KEY, ago(1_000));
    clock = { ...clock, sleep: () => effects.confirm(KEY, {}) };
    expect(await send()).toEqual({ sent: false, reason: 'already sent for this cause' });
    expect(await mautic.calls()).toEqual([]);
  });

  it('begins anew, so that another crash is looked for after this try', async () => {
    effects.leaveBegun(KEY, ago(MINUTE_MS));
    await mautic.fail({ ...SEND, drop: 'before' });
    await expect(send()).rejects.toMatchObject({ retryable: true });
    expect(effects.effects.get(KEY)?.begunAt.getTime()).toBeGreaterThan(Date.now() - MINUTE_MS / 2);
  });

  it('leaves it to the other one of two tries that both find it unsent', async () => {
    effects.leaveBegun(KEY, ago(MINUTE_MS));
    const results = await Promise.allSettled([send(), send()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await sentMails()).toHaveLength(1);
  });
});

describe('asking Mautic whether the mail of a crashed try went out', () => {
  it.each([
    ['one sent right after the try began', 500, {}, false],
    ['one sent minutes after the try began', 2 * MINUTE_MS, {}, false],
    ['one sent before', -MINUTE_MS, {}, true],
    ['one sent long after', 20 * MINUTE_MS, {}, true],
    ['another e-mail', 500, { emailId: 2 }, true],
    ['the mail of another contact', 500, { contactId: 2 }, true],
  ])('%s', async (_, afterMs, over, sends) => {
    const begunAt = ago(30 * MINUTE_MS);
    await mauticSent(new Date(begunAt.getTime() + afterMs), over);
    effects.leaveBegun(KEY, begunAt);
    expect((await send()).sent).toBe(sends);
  });

  it('sends nothing, and says what to do, when the statistics cannot be read', async () => {
    effects.leaveBegun(KEY, ago(MINUTE_MS));
    await mautic.act('denyPermissions', { denied: ['lead:leads:view'] });
    await expect(send()).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(
        /view permission.*permission to view contacts.*unknown whether it was sent/,
      ),
    });
    expect(await sentMails()).toEqual([]);
    expect(effects.effects.get(KEY)?.detail).toBeUndefined();
  });

  it('tries again later when Mautic is down', async () => {
    effects.leaveBegun(KEY, ago(MINUTE_MS));
    await mautic.fail({ method: 'GET', path: '/api/stats/.*', status: 503 });
    await expect(send()).rejects.toMatchObject({ retryable: true });
    expect(await sentMails()).toEqual([]);
  });
});

describe('other settings for when it is unknown', () => {
  beforeEach(() => effects.leaveBegun(KEY, ago(1_000)));

  it('"Do Not Send Again" confirms without asking', async () => {
    expect(await send({ whenUnknown: 'doNotSend' })).toEqual({
      sent: false,
      reason: 'unknown whether it was sent before; set not to be sent again',
    });
    expect(await mautic.calls()).toEqual([]);
    expect(slept).toEqual([]);
    expect((await send({ whenUnknown: 'doNotSend' })).reason).toBe('already sent for this cause');
  });

  it('"Send Again" sends without asking', async () => {
    expect(await send({ whenUnknown: 'sendAgain' })).toEqual({ sent: true });
    expect(await mautic.calls()).toEqual(['POST /api/emails/1/contact/1/send']);
    expect(slept).toEqual([]);
  });
});
