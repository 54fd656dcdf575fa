import { afterEach, expect, it } from '@jest/globals';
import { validateLog } from '../contract/contract';
import { useCampaign } from '../support/campaign';
import { WITHOUT_WAITS } from '../support/invites';
import { acted, expectNoCoupon, said } from '../support/refunds';

/** With the switch on the canvas on. */
const campaign = useCampaign({
  parameters: WITHOUT_WAITS,
  activated: ['vip-refund-revoke'],
  published: ['intake', 'on-error', 'vip-coupon', 'discord-invite', 'vip-refund'],
});
const ADA = { email: 'ada@example.com', name: 'Ada Lovelace' };

afterEach(async () => {
  expect(validateLog(await campaign.requests())).toEqual([]);
});

async function buyAndOptIn(): Promise<void> {
  const { eventId } = await campaign.buy(ADA);
  await campaign.settled([eventId], 'done');
  await campaign.optIn(ADA.email);
  await campaign.allSettled();
  expect(await campaign.invites()).toMatchObject([{ status: 'live' }]);
}

const refund = (input: object = {}) => acted(campaign, 'refund', { email: ADA.email, ...input });

it('an invite that nobody has used is taken back with the coupon', async () => {
  await buyAndOptIn();
  const [delivery] = await campaign.settled(await refund(), 'done');
  await campaign.allSettled();
  expect(await campaign.invites()).toMatchObject([{ status: 'revoked' }]);
  await expectNoCoupon(campaign, ADA.email);
  expect(said(delivery)).toEqual([
    'Stripe: purchase looked up',
    'Shopware: promo code removed',
    'Mautic: "promo_code" is the same',
    'Discord: invite revoked',
    'Mautic: contact updated',
  ]);
});

it('an invite that was used stays used', async () => {
  await buyAndOptIn();
  const [invite] = await campaign.invites();
  await campaign.act('discord', 'redeemInvite', { code: invite?.code });
  const [delivery] = await campaign.settled(await refund(), 'done');
  expect(await campaign.invites()).toMatchObject([{ status: 'used' }]);
  await expectNoCoupon(campaign, ADA.email);
  expect(said(delivery)).toContain('Discord: invite was already used or expired');
});

it('a partial refund takes nothing back', async () => {
  await buyAndOptIn();
  await campaign.settled(await refund({ amount: 100 }), 'done');
  expect(await campaign.invites()).toMatchObject([{ status: 'live' }]);
});

it('while Discord is down the contact is left as it is, and all of it is done later', async () => {
  await buyAndOptIn();
  await campaign.fail('discord', { status: 503 });
  const eventIds = await refund();
  const [failed] = await campaign.settled(eventIds, 'failed');
  expect(failed?.lastFailure).toMatchObject({ node: 'Revoke unused invite', service: 'Discord' });
  const [contact] = await campaign.contacts(ADA.email);
  expect(contact?.fields.promo_code).toMatch(/^VIP-/);
  await campaign.fail('discord');
  await campaign.passTime();
  await campaign.settled(eventIds, 'done');
  expect(await campaign.invites()).toMatchObject([{ status: 'revoked' }]);
  await expectNoCoupon(campaign, ADA.email);
});
