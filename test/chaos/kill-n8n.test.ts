import { describe, expect, it } from '@jest/globals';
import { expectOneCoupon, useCampaign } from '../support/campaign';
import { BEFORE, HELD } from '../support/kill';
import { until } from '../support/until';

const campaign = useCampaign();

describe('n8n killed with kill -9', () => {
  it.each([
    ['while it looks the purchase up', 'stripe', { path: '/checkout/sessions/', ...BEFORE }],
    [
      'before the code is in the shop',
      'shopware',
      { method: 'POST', path: '/api/promotion-individual-code', ...BEFORE },
    ],
    [
      'when the code is in the shop',
      'shopware',
      { method: 'POST', path: '/api/promotion-individual-code', ...HELD },
    ],
    ['before the contact is written', 'mautic', { method: 'POST', path: '/contacts/new', ...BEFORE }],
    ['when the contact is written', 'mautic', { method: 'POST', path: '/contacts/new', ...HELD }],
    ['before the e-mail is sent', 'mautic', { method: 'POST', path: '/send$', ...BEFORE }],
    ['when the e-mail is sent', 'mautic', { method: 'POST', path: '/send$', ...HELD }],
  ])(
    '%s: after the restart there is one code and one e-mail',
    async (_case, system, rule) => {
      await campaign.fail(system, rule);
      const { eventId } = await campaign.buy({ email: 'killed@example.com' });
      await until(() => campaign.hasReached(system, rule), `n8n to call ${system}`);
      await campaign.stack.n8n.kill();
      await campaign.stack.n8n.start();
      const [delivery] = await campaign.settled([eventId], 'done');
      expect(delivery?.attempts).toBe(2);
      await expectOneCoupon(campaign, 'killed@example.com');
    },
    120_000,
  );

  it('right after the webhook was answered: the event is worked on after the restart', async () => {
    const { eventId } = await campaign.buy({ email: 'accepted@example.com' });
    await until(
      async () => (await campaign.deliveriesOf([eventId])).length === 1,
      'the event to be accepted',
    );
    await campaign.stack.n8n.kill();
    await campaign.stack.n8n.start();
    await campaign.settled([eventId], 'done');
    await expectOneCoupon(campaign, 'accepted@example.com');
  });

  it('in the middle of 60 purchases: each gets one code and one e-mail all the same', async () => {
    const emails = Array.from({ length: 60 }, (_, number) => `crowd${number}@example.com`);
    const purchases = await Promise.all(emails.map((email) => campaign.buy({ email })));
    await until(async () => (await campaign.emails()).length >= 5, 'the first e-mails');
    await campaign.stack.n8n.kill();
    await campaign.stack.n8n.start();
    await campaign.settled(
      purchases.map(({ eventId }) => eventId),
      'done',
    );
    const sent = await campaign.emails();
    expect(sent.map(({ emailAddress }) => emailAddress).sort()).toEqual([...emails].sort());
    expect(await campaign.codes()).toHaveLength(60);
  });
});
