import { describe, expect, it } from '@jest/globals';
import { useCampaign } from '../support/campaign';
import { BEFORE, HELD } from '../support/kill';
import { expectInvariants, WITHOUT_WAITS } from '../support/invites';
import { until } from '../support/until';

const campaign = useCampaign({ parameters: WITHOUT_WAITS });

async function killWhenReached(system: string, rule: { path: string; holdMs?: number }): Promise<void> {
  await until(() => campaign.hasReached(system, rule), `n8n to call ${system}`);
  await campaign.stack.n8n.kill();
  await campaign.stack.n8n.start();
}

describe('n8n killed with kill -9 while it issues an invite', () => {
  it.each([
    ['while it looks at the contact', 'mautic', { method: 'GET', path: '^/api/contacts', ...BEFORE }],
    ['before the invite is issued', 'discord', { method: 'POST', path: '/invites$', ...BEFORE }],
    ['when the invite is issued', 'discord', { method: 'POST', path: '/invites$', ...HELD }],
    ['before the link is saved', 'mautic', { method: 'PATCH', path: '/edit$', ...BEFORE }],
    ['when the link is saved', 'mautic', { method: 'PATCH', path: '/edit$', ...HELD }],
    ['before the e-mail is sent', 'mautic', { method: 'POST', path: '/send$', ...BEFORE }],
    ['when the e-mail is sent', 'mautic', { method: 'POST', path: '/send$', ...HELD }],
    ['before the lead is created', 'espocrm', { method: 'POST', path: '/Lead$', ...BEFORE }],
    ['when the lead is created', 'espocrm', { method: 'POST', path: '/Lead$', ...HELD }],
  ])(
    '%s: after the restart there is one invite, one link, one e-mail, one lead',
    async (_case, system, rule) => {
      await campaign.fail(system, rule);
      await campaign.optIn('killed@example.com', { vip_status: true });
      await killWhenReached(system, rule);
      const { tier } = await expectInvariants(campaign, 'killed@example.com');
      expect(tier).toBe('vip');
      expect(await campaign.invites()).toHaveLength(1);
      expect(await campaign.emails()).toHaveLength(1);
    },
    120_000,
  );

  it.each([
    ['before', { method: 'DELETE', path: '/invites/', ...BEFORE }],
    ['after', { method: 'DELETE', path: '/invites/', ...HELD }],
  ])(
    '%s the basic invite of a new VIP is revoked: it is revoked, and nothing is doubled',
    async (_case, rule) => {
      await campaign.optIn('upgraded@example.com');
      await expectInvariants(campaign, 'upgraded@example.com');
      await campaign.fail('discord', rule);
      await campaign.act('mautic', 'saveContact', {
        email: 'upgraded@example.com',
        fields: { vip_status: true },
      });
      await killWhenReached('discord', rule);
      await expectInvariants(campaign, 'upgraded@example.com');
      expect((await campaign.invites()).map(({ status }) => status)).toEqual(['revoked', 'live']);
      expect(await campaign.emails()).toHaveLength(2);
    },
    120_000,
  );

  it('right after the webhook was answered: the contact is worked on after the restart', async () => {
    await campaign.optIn('accepted@example.com');
    await campaign.stack.n8n.kill();
    await campaign.stack.n8n.start();
    await expectInvariants(campaign, 'accepted@example.com');
    expect(await campaign.emails()).toHaveLength(1);
  });

  it('when two invites are issued: each contact has one of them, whichever it is', async () => {
    // Until Discord has told its limits, one invite waits for the other.
    await campaign.optIn('told@example.com');
    await expectInvariants(campaign, 'told@example.com');
    await campaign.fail(
      'discord',
      { method: 'POST', path: '/invites$', ...HELD, latencyMs: 1_500 },
      { ...HELD, method: 'POST', path: '/invites$' },
    );
    const first = await campaign.optIn('first@example.com');
    const second = await campaign.optIn('second@example.com');
    await until(async () => (await campaign.invites()).length === 3, 'the two invites');
    await campaign.stack.n8n.kill();
    // The first contact looks first, and for the older invite, which was made for the second one.
    await campaign.fail('mautic', { path: `^/api/contacts/${second}$`, latencyMs: 3_000, times: 1 });
    await campaign.stack.n8n.start();
    for (const email of ['first@example.com', 'second@example.com']) await expectInvariants(campaign, email);
    const invites = (await campaign.invites()).slice(1);
    const owners = await campaign.inviteOwners();
    expect(invites.map(({ reason }) => reason)).toEqual(
      [second, first].map((id) => `Invite for Mautic contact ${id}`),
    );
    expect(invites.map(({ code }) => owners.get(code))).toEqual([first, second]);
    expect(await campaign.emails()).toHaveLength(3);
  }, 120_000);

  it('in the middle of 60 contacts: each has one invite and one e-mail all the same', async () => {
    await campaign.act('discord', 'setLimits', { inviteLimit: 20, inviteWindowMs: 1_000 });
    const emails = Array.from({ length: 60 }, (_, number) => `crowd${number}@example.com`);
    await Promise.all(emails.map((email) => campaign.optIn(email)));
    await until(async () => (await campaign.invites()).length >= 15, 'the first invites');
    await campaign.stack.n8n.kill();
    await campaign.stack.n8n.start();
    await until(async () => (await campaign.emails()).length >= 60, '60 e-mails', 90);
    for (const email of emails) await expectInvariants(campaign, email);
    expect(await campaign.emails()).toHaveLength(60);
  }, 180_000);
});
