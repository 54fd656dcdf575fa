import { afterEach, describe, expect, it } from '@jest/globals';
import { PROMO_CODE_SEED } from '../../sandbox/identities';
import { derivePromoCode } from '../../services/shopware';
import { validateLog } from '../contract/contract';
import { until } from '../support/until';
import { expectOneCoupon, useCampaign } from '../support/campaign';

const campaign = useCampaign();

afterEach(async () => {
  expect(validateLog(await campaign.requests())).toEqual([]);
});

describe('a VIP purchase', () => {
  it('becomes a code in the shop, a VIP contact that carries it, and one e-mail', async () => {
    const { eventId } = await campaign.buy({ email: 'ada@example.com', name: 'Ada Lovelace' });
    const [delivery] = await campaign.settled([eventId], 'done');
    const { code, contact } = await expectOneCoupon(campaign, 'ada@example.com');
    expect(code).toMatch(/^VIP(-[0-9A-Z]{4}){3}$/);
    expect(contact.fields).toMatchObject({ firstname: 'Ada', lastname: 'Lovelace' });
    expect(delivery?.outcomes.map(({ service, action }) => `${service}: ${action}`)).toEqual([
      'Stripe: purchase looked up',
      'Shopware: promo code created',
      'Mautic: contact created',
      'Mautic: e-mail "VIP coupon" sent',
    ]);
  });

  it.each([
    ['with an upper-case e-mail', { email: 'Grace.HOPPER@Example.COM', name: 'Grace Hopper' }],
    ['with a plus-addressed e-mail', { email: 'grace+vip@example.com', name: 'Grace Hopper' }],
    ['with an apostrophe in the e-mail', { email: "o'hara@example.com", name: "Scarlett O'Hara" }],
    ['without a name', { email: 'nameless@example.com', name: null }],
    ['with a name that is not Latin', { email: 'xiaolong@example.com', name: '李小龙' }],
    ['of several pieces', { email: 'many@example.com', quantity: 7 }],
    ['with a 100 % discount', { email: 'free@example.com', discount: true }],
    ['by a guest', { email: 'guest@example.com', customer: 'guest' }],
    ['by a customer', { email: 'customer@example.com', customer: 'customer' }],
    [
      'with other products beside it',
      { email: 'mixed@example.com', product: ['prod_Sticker', 'prod_VipReservation'] },
    ],
    ['at the end of more than one page of items', { email: 'pages@example.com', product: 'many' }],
  ])('%s works', async (_case, checkout) => {
    const { eventId } = await campaign.buy(checkout);
    await campaign.settled([eventId], 'done');
    await expectOneCoupon(campaign, checkout.email);
  });

  it('of somebody whom Mautic knows keeps what is known', async () => {
    await campaign.act('mautic', 'saveContact', {
      email: 'Known@Example.com',
      fields: { firstname: 'Maria', lastname: 'Curie', company: 'Radium Ltd' },
    });
    const { eventId } = await campaign.buy({ email: 'known@example.com', name: 'M. C.' });
    await campaign.settled([eventId], 'done');
    const { contact } = await expectOneCoupon(campaign, 'known@example.com');
    expect(contact.fields).toMatchObject({ firstname: 'Maria', lastname: 'Curie', company: 'Radium Ltd' });
  });

  it('that is not paid yet ends without effect, visibly, and is fulfilled once it is paid', async () => {
    const { eventId, sessionId } = await campaign.buy({
      email: 'later@example.com',
      paymentStatus: 'unpaid',
    });
    const [unpaid] = await campaign.settled([eventId], 'done');
    expect(unpaid?.outcomes).toEqual([
      expect.objectContaining({ action: 'ignored: payment_status is unpaid', id: sessionId }),
    ]);
    expect(await campaign.codes()).toEqual([]);

    const paid = (await campaign.act('stripe', 'succeedAsyncPayment', { sessionId })) as { eventId: string };
    await campaign.settled([paid.eventId], 'done');
    await expectOneCoupon(campaign, 'later@example.com');
  });

  it('whose delayed payment fails ends without effect', async () => {
    const { eventId, sessionId } = await campaign.buy({
      email: 'broke@example.com',
      paymentStatus: 'unpaid',
    });
    const failed = (await campaign.act('stripe', 'failAsyncPayment', { sessionId })) as { eventId: string };
    await campaign.settled([eventId, failed.eventId], 'done');
    expect(await campaign.codes()).toEqual([]);
    expect(await campaign.contacts('broke@example.com')).toEqual([]);
    expect(await campaign.emails()).toEqual([]);
  });

  it('is none when no product of it is VIP', async () => {
    const { eventId } = await campaign.buy({ email: 'basic@example.com', product: 'basic' });
    const [delivery] = await campaign.settled([eventId], 'done');
    expect(delivery?.outcomes).toEqual([expect.objectContaining({ action: 'ignored: no matching product' })]);
    expect(await campaign.codes()).toEqual([]);
  });

  it('delivered 20 times at once has its effects once', async () => {
    const { eventId } = await campaign.buy({ email: 'twenty@example.com', copies: 20 });
    await campaign.settled([eventId], 'done');
    await campaign.act('stripe', 'redeliver', { eventId, copies: 20 });
    await expectOneCoupon(campaign, 'twenty@example.com');
    expect(await campaign.deliveriesOf([eventId])).toHaveLength(1);
  });

  it('of one session that two different events tell of has its effects once', async () => {
    const { eventId, sessionId } = await campaign.buy({ email: 'two@example.com', paymentStatus: 'unpaid' });
    const paid = (await campaign.act('stripe', 'succeedAsyncPayment', { sessionId })) as { eventId: string };
    await campaign.settled([eventId, paid.eventId], 'done');
    await campaign.act('stripe', 'succeedAsyncPayment', { sessionId }).catch(() => undefined);
    await expectOneCoupon(campaign, 'two@example.com');
  });

  it('of somebody on do-not-contact because the address bounced makes no e-mail, and says so', async () => {
    await campaign.act('mautic', 'saveContact', { email: 'bounced@example.com' });
    await campaign.act('mautic', 'setDoNotContact', { email: 'bounced@example.com', reason: 2 });
    const { eventId } = await campaign.buy({ email: 'bounced@example.com' });
    const [delivery] = await campaign.settled([eventId], 'done');
    expect(await campaign.emails()).toEqual([]);
    expect(delivery?.outcomes.at(-1)).toMatchObject({ action: expect.stringMatching(/not sent/) });
  });
});

describe('when Shopware', () => {
  async function expectNothingPartial(email: string): Promise<void> {
    expect(await campaign.codes()).toEqual([]);
    expect(await campaign.contacts(email)).toEqual([]);
    expect(await campaign.emails()).toEqual([]);
  }

  it('is down for a while, nothing is done by halves, and it completes later', async () => {
    await campaign.fail('shopware', { status: 503 });
    const { eventId } = await campaign.buy({ email: 'patient@example.com' });
    const [failed] = await campaign.settled([eventId], 'failed');
    expect(failed?.lastFailure).toMatchObject({
      node: 'Create promo code',
      service: 'Shopware',
      retryable: true,
    });
    expect(failed?.lastFailure?.message).toMatch(/503/);
    await expectNothingPartial('patient@example.com');
    await campaign.fail('shopware');
    await campaign.passTime();
    await campaign.settled([eventId], 'done');
    await expectOneCoupon(campaign, 'patient@example.com');
  });

  it('has let the token expire, a new one is fetched', async () => {
    const first = await campaign.buy({ email: 'first@example.com' });
    await campaign.settled([first.eventId], 'done');
    await campaign.act('shopware', 'expireTokens');
    const second = await campaign.buy({ email: 'second@example.com' });
    await campaign.settled([second.eventId], 'done');
    expect(await campaign.codes()).toHaveLength(2);
  });

  it.each([
    ['has no such promotion', { name: 'Renamed' }, { name: 'VIP reservation' }, /VIP reservation/],
    [
      'has the promotion without individual codes',
      { useIndividualCodes: false },
      { useIndividualCodes: true },
      /individual/i,
    ],
    ['has the promotion switched off', { active: false }, { active: true }, /active/i],
  ])(
    '%s, the error says so, and after mending and a replay it completes',
    async (_case, set, mend, message) => {
      await campaign.act('shopware', 'setPromotion', { promotion: 'VIP reservation', set });
      // A promotion that was found in order is not looked up again for some minutes.
      await campaign.stack.n8n.stop();
      await campaign.stack.n8n.start();
      const { eventId } = await campaign.buy({ email: 'replayed@example.com' });
      const [dead] = await campaign.settled([eventId], 'dead');
      expect(dead?.lastFailure?.message).toMatch(message);
      await expectNothingPartial('replayed@example.com');
      await until(
        async () => (await campaign.slackMessages()).some((text) => message.test(text)),
        'Slack to be told',
      );

      const promotion = 'name' in set ? set.name : 'VIP reservation';
      await campaign.act('shopware', 'setPromotion', { promotion, set: mend });
      await campaign.replayDead();
      await campaign.settled([eventId], 'done');
      await expectOneCoupon(campaign, 'replayed@example.com');
    },
  );

  it('rejects the credentials, the error says where to look', async () => {
    await campaign.act('shopware', 'rejectCredentials', { rejected: true });
    const { eventId } = await campaign.buy({ email: 'rejected@example.com' });
    const [failed] = await campaign.settled([eventId], 'failed', 'dead');
    expect(failed?.lastFailure?.message).toMatch(/Shopware.*401.*credential/i);
    await expectNothingPartial('rejected@example.com');
  });

  it('has given the code to another purchase, nothing is overwritten and no e-mail goes out', async () => {
    const { eventId, sessionId } = await campaign.buy({ email: 'taken@example.com', deliver: false });
    const { code } = derivePromoCode({ key: PROMO_CODE_SEED, purchaseId: sessionId, prefix: 'VIP' });
    await campaign.takeCode(code);
    await campaign.act('stripe', 'redeliver', { eventId });
    const [dead] = await campaign.settled([eventId], 'dead');
    expect(dead?.lastFailure?.message).toMatch(/another/);
    expect(await campaign.emails()).toEqual([]);
    expect(await campaign.codes()).toHaveLength(1);
  });

  it('answers after the client has gone, the code is found again', async () => {
    await campaign.fail('shopware', {
      method: 'POST',
      path: '^/api/promotion-individual-code',
      drop: 'after',
      times: 1,
    });
    const { eventId } = await campaign.buy({ email: 'lost-code@example.com' });
    await campaign.settled([eventId], 'done', 'failed');
    await campaign.passTime();
    await campaign.settled([eventId], 'done');
    await expectOneCoupon(campaign, 'lost-code@example.com');
  });
});

describe('when Mautic', () => {
  it('is lost after it has sent the e-mail, the e-mail is not sent again', async () => {
    await campaign.fail('mautic', { method: 'POST', path: '/send$', drop: 'after', times: 1 });
    const { eventId } = await campaign.buy({ email: 'lost@example.com' });
    await campaign.settled([eventId], 'failed');
    await campaign.passTime();
    await campaign.settled([eventId], 'done');
    await expectOneCoupon(campaign, 'lost@example.com');
  });

  it('is lost before it has sent the e-mail, the e-mail is sent', async () => {
    await campaign.fail('mautic', { method: 'POST', path: '/send$', drop: 'before', times: 1 });
    const { eventId } = await campaign.buy({ email: 'unsent@example.com' });
    await campaign.settled([eventId], 'failed');
    await campaign.passTime();
    await campaign.settled([eventId], 'done');
    await expectOneCoupon(campaign, 'unsent@example.com');
  });
});

describe('50 purchases at once, 3 of which fail', () => {
  it('47 complete, and the 3 are tried again and complete', async () => {
    const purchases = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        campaign.buy({ email: `buyer${number}@example.com`, deliver: false }),
      ),
    );
    const failing = purchases.filter((_, index) => [7, 23, 41].includes(index));
    await campaign.fail('stripe', {
      path: failing.map(({ sessionId }) => sessionId).join('|'),
      status: 500,
    });
    await Promise.all(purchases.map(({ eventId }) => campaign.act('stripe', 'redeliver', { eventId })));
    const eventIds = purchases.map(({ eventId }) => eventId);
    const deliveries = await campaign.settled(eventIds, 'done', 'failed');
    const failed = deliveries.filter(({ state }) => state === 'failed');
    expect(failed.map(({ event }) => event.externalId).sort()).toEqual(
      failing.map(({ eventId }) => eventId).sort(),
    );
    expect(await campaign.emails()).toHaveLength(47);

    await campaign.fail('stripe');
    await campaign.passTime();
    await campaign.settled(eventIds, 'done');
    expect(await campaign.emails()).toHaveLength(50);
    expect(await campaign.codes()).toHaveLength(50);
  });
});

describe('a run in which one path fails', () => {
  it('settles the events of the other path as well, and is told to Slack', async () => {
    const vip = await campaign.buy({ email: 'vip@example.com', deliver: false });
    const basic = await campaign.buy({ email: 'basic@example.com', product: 'basic', deliver: false });
    // Keeps both slots busy, so that the two come together in the next run.
    await campaign.fail('stripe', { path: '/v1/checkout/sessions/', latencyMs: 1_500, times: 2 });
    const first = await campaign.buy({ email: 'first@example.com' });
    await until(async () => (await campaign.deliveriesOf([first.eventId]))[0]?.state === 'leased');
    const second = await campaign.buy({ email: 'second@example.com' });
    await until(async () => (await campaign.deliveriesOf([second.eventId]))[0]?.state === 'leased');
    await campaign.act('stripe', 'redeliver', { eventId: vip.eventId });
    await campaign.act('stripe', 'redeliver', { eventId: basic.eventId });
    await campaign.fail('shopware', { status: 503 });
    await campaign.settled([vip.eventId], 'failed');
    const [other] = await campaign.settled([basic.eventId], 'done');
    expect(other?.attempts).toBe(1);
    const isTold = async () =>
      (await campaign.slackMessages()).some((text) => text.includes('events failed'));
    await until(isTold, 'the failed run to be told to Slack');
  });
});

describe('500 purchases at once', () => {
  it('all become one code, one contact and one e-mail each', async () => {
    const purchases = await Promise.all(
      Array.from({ length: 500 }, (_, number) => campaign.buy({ email: `burst${number}@example.com` })),
    );
    const eventIds = purchases.map(({ eventId }) => eventId);
    await until(async () => (await campaign.emails()).length === 500, '500 e-mails');
    await campaign.settled(eventIds, 'done');
    const [codes, emails] = await Promise.all([campaign.codes(), campaign.emails()]);
    expect(new Set(codes.map(({ code }) => code)).size).toBe(500);
    expect(new Set(emails.map(({ emailAddress }) => emailAddress)).size).toBe(500);
    for (const { code } of codes) expect(emails.filter(({ body }) => body.includes(code))).toHaveLength(1);
  });
});
