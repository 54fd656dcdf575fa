import { afterEach, describe, expect, it } from '@jest/globals';
import { validateLog } from '../contract/contract';
import { expectOneCoupon, useCampaign } from '../support/campaign';
import { WITHOUT_WAITS } from '../support/invites';
import { acted, expectNoCoupon, said } from '../support/refunds';

const campaign = useCampaign({
  parameters: WITHOUT_WAITS,
  published: ['intake', 'on-error', 'vip-coupon', 'discord-invite', 'vip-refund'],
});
const ADA = { email: 'ada@example.com', name: 'Ada Lovelace' };

afterEach(async () => {
  expect(validateLog(await campaign.requests())).toEqual([]);
});

async function buy(checkout: object = ADA): Promise<string> {
  const { eventId, sessionId } = await campaign.buy(checkout);
  await campaign.settled([eventId], 'done');
  return sessionId;
}

/** Money goes back; the ids of the events that tell of it. */
const refund = (input: object = {}) => acted(campaign, 'refund', { email: ADA.email, ...input });

describe('a VIP purchase that is refunded', () => {
  it('has its unused code removed, and its buyer is no VIP any more', async () => {
    await buy();
    await expectOneCoupon(campaign, ADA.email);
    const [delivery] = await campaign.settled(await refund(), 'done');
    await expectNoCoupon(campaign, ADA.email);
    expect(await campaign.emails()).toHaveLength(1);
    expect(said(delivery)).toEqual([
      'Stripe: purchase looked up',
      'Shopware: promo code removed',
      'Mautic: "promo_code" is the same',
      'Mautic: contact updated',
    ]);
  });

  it('keeps a code that was redeemed, and says so', async () => {
    await buy();
    const { code } = await expectOneCoupon(campaign, ADA.email);
    await campaign.act('shopware', 'redeemCode', { code });
    const [delivery] = await campaign.settled(await refund(), 'done');
    expect(await campaign.codes()).toMatchObject([{ code, payload: { orderId: expect.any(String) } }]);
    expect(said(delivery)).toContain('Shopware: promo code kept: it has been redeemed already');
    const [contact] = await campaign.contacts(ADA.email);
    expect(Number(contact?.fields.vip_status ?? 0)).toBe(0);
    expect(contact?.fields.promo_code || null).toBeNull();
  });

  it('in parts changes nothing until all of it is refunded', async () => {
    await buy();
    const [partly] = await campaign.settled(await refund({ amount: 100 }), 'done');
    await expectOneCoupon(campaign, ADA.email);
    expect(said(partly)).toEqual(['Stripe: ignored: the payment was not refunded in full']);
    await campaign.settled(await refund(), 'done');
    await expectNoCoupon(campaign, ADA.email);
  });

  it('whose refund is delivered five times is undone once', async () => {
    await buy();
    const eventIds = await refund({ copies: 5 });
    await campaign.settled(eventIds, 'done');
    for (const eventId of eventIds) await campaign.act('stripe', 'redeliver', { eventId, copies: 5 });
    await expectNoCoupon(campaign, ADA.email);
    expect(await campaign.deliveriesOf(eventIds)).toHaveLength(1);
    const removals = (await campaign.requests()).filter(({ method }) => method === 'DELETE');
    expect(removals).toHaveLength(1);
  });

  it('leaves a contact alone who holds the code of another purchase', async () => {
    await buy();
    const [first] = await campaign.codes();
    await buy();
    const [charge] = (await campaign.stateOf<{ charges: Array<{ id: string }> }>('stripe')).charges;
    const [delivery] = await campaign.settled(await refund({ chargeId: charge?.id }), 'done');
    const [contact] = await campaign.contacts(ADA.email);
    const [left, ...others] = await campaign.codes();
    expect(others).toEqual([]);
    expect(left?.code).not.toBe(first?.code);
    expect(contact?.fields).toMatchObject({ promo_code: left?.code });
    expect(Number(contact?.fields.vip_status)).toBe(1);
    expect(said(delivery)).toContain(
      'Mautic: contact left as it is: "promo_code" of the contact holds another value by now',
    );
  });

  it('leaves the invite as it is while the switch is off', async () => {
    await buy();
    await campaign.optIn(ADA.email);
    await campaign.allSettled();
    await campaign.settled(await refund(), 'done');
    await campaign.allSettled();
    expect(await campaign.invites()).toMatchObject([{ status: 'live' }]);
  });
});

describe('a refund of something else', () => {
  it('changes nothing, and says why', async () => {
    await buy();
    await buy({ email: 'basic@example.com', product: 'basic' });
    await acted(campaign, 'subscribe', { email: 'sub@example.com' });
    const basic = await refund({ email: 'basic@example.com' });
    const subscription = await refund({ email: 'sub@example.com' });
    const [ofBasic] = await campaign.settled(basic, 'done');
    const [ofSubscription] = await campaign.settled(subscription, 'done');
    expect(said(ofBasic)).toEqual(['Stripe: ignored: no matching product']);
    expect(said(ofSubscription)).toEqual(['Stripe: ignored: the payment was not made in a checkout']);
    await expectOneCoupon(campaign, ADA.email);
  });
});

describe('a refund that comes', () => {
  it('before the purchase was worked on leaves nothing to be done for it', async () => {
    const { eventId } = await campaign.buy({ ...ADA, deliver: false });
    const [early] = await campaign.settled(await refund(), 'done');
    expect(said(early)).toEqual([
      'Stripe: purchase looked up',
      'Shopware: no promo code to remove',
      'Mautic: contact left as it is: there is no contact with this address',
    ]);
    await campaign.act('stripe', 'redeliver', { eventId });
    const [delivery] = await campaign.settled([eventId], 'done');
    expect(said(delivery)).toEqual(['Stripe: ignored: the payment was refunded']);
    expect(await campaign.codes()).toEqual([]);
    expect(await campaign.contacts(ADA.email)).toEqual([]);
    expect(await campaign.emails()).toEqual([]);
  });

  it('while the purchase is being worked on waits for its end, and undoes it', async () => {
    await campaign.slowDown(300);
    const { eventId } = await campaign.buy(ADA);
    const eventIds = await refund();
    await campaign.settled([eventId, ...eventIds], 'done');
    await campaign.slowDown(0);
    expect(await campaign.codes()).toEqual([]);
    for (const { fields } of await campaign.contacts(ADA.email)) {
      expect(fields.promo_code || null).toBeNull();
      expect(Number(fields.vip_status ?? 0)).toBe(0);
    }
  });

  it('while the purchase is half done ends right, whichever of them is tried again first', async () => {
    await campaign.fail('mautic', { status: 503 });
    const { eventId } = await campaign.buy(ADA);
    await campaign.settled([eventId], 'failed');
    expect(await campaign.codes()).toHaveLength(1);
    const eventIds = await refund();
    await campaign.settled(eventIds, 'failed');
    await campaign.fail('mautic');
    await campaign.passTime();
    await campaign.settled([eventId, ...eventIds], 'done');
    expect(await campaign.codes()).toEqual([]);
    expect(await campaign.contacts(ADA.email)).toEqual([]);
    expect(await campaign.emails()).toEqual([]);
  });

  it('while Shopware is down waits, with nothing done by halves, and completes later', async () => {
    await buy();
    await campaign.fail('shopware', { status: 503 });
    const eventIds = await refund();
    const [failed] = await campaign.settled(eventIds, 'failed');
    expect(failed?.lastFailure).toMatchObject({
      node: 'Withdraw promo code',
      service: 'Shopware',
      retryable: true,
    });
    await campaign.fail('shopware');
    await expectOneCoupon(campaign, ADA.email);
    await campaign.passTime();
    await campaign.settled(eventIds, 'done');
    await expectNoCoupon(campaign, ADA.email);
  });

  it('while Mautic is down is carried to its end later, though the code is gone by then', async () => {
    await buy();
    await campaign.fail('mautic', { status: 503 });
    const eventIds = await refund();
    await campaign.settled(eventIds, 'failed');
    expect(await campaign.codes()).toEqual([]);
    await campaign.fail('mautic');
    await campaign.passTime();
    const [delivery] = await campaign.settled(eventIds, 'done');
    await expectNoCoupon(campaign, ADA.email);
    expect(said(delivery)).toContain('Shopware: no promo code to remove');
  });
});
