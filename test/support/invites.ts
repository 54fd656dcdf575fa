import { expect } from '@jest/globals';
import type { useCampaign } from './campaign';

type Campaign = ReturnType<typeof useCampaign>;

/** The parameters that take all waiting out of the workflow: by node id, as `useCampaign` takes them. */
export const WITHOUT_WAITS = {
  'discord-invite-check': {
    jitterMinSeconds: 0,
    jitterMaxSeconds: 0,
    recheckMinSeconds: 0,
    recheckMaxSeconds: 0,
  },
};

/** What a contact has in the end. */
export interface Invited {
  contactId: number;
  /** Code of the stored link; '' without one. */
  code: string;
  tier: 'vip' | 'basic' | undefined;
}

function codeIn(link: unknown): string {
  return /discord\.gg\/(\w+)/.exec(String(link ?? ''))?.[1] ?? '';
}

/**
 * What has to hold after whatever happened, once all is quiet: per contact at most one live unused invite; at most one
 * stored link, which is that invite's unless it was used; one e-mail for the stored link if we issued it, none or one for
 * any other, and none to anybody else; one lead when there is a link of ours; no live invite that is nobody's. Whose an
 * invite is, the store tells: Discord's audit log names whom it was made for, and after a crash it may be another one's.
 */
export async function expectInvariants(campaign: Campaign, email: string): Promise<Invited> {
  await campaign.allSettled();
  const [contacts, allInvites, owners, emails, leads] = await Promise.all([
    campaign.contacts(email),
    campaign.invites(),
    campaign.inviteOwners(),
    campaign.emails(),
    campaign.leads(),
  ]);
  expect(contacts).toHaveLength(1);
  const [contact] = contacts;
  if (!contact) throw new Error('unreachable');
  const { discord_invite_vip: vip, discord_invite_basic: basic } = contact.fields;
  const links = [vip, basic].filter((link) => String(link ?? '') !== '');
  expect(links.length).toBeLessThanOrEqual(1);
  const code = codeIn(links[0]);

  const nobodys = allInvites.filter(({ code: one, status }) => status === 'live' && !owners.has(one));
  expect(nobodys).toEqual([]);
  const invites = allInvites.filter((invite) => owners.get(invite.code) === contact.id);
  const live = invites.filter(({ status }) => status === 'live').map((invite) => invite.code);
  expect(live.length).toBeLessThanOrEqual(1);
  for (const invite of invites) expect(invite).toMatchObject({ maxUses: 1 });
  if (live.length > 0) expect(live).toEqual([code]);

  const mailsWith = (one: string) =>
    emails.filter(({ contactId, body }) => contactId === contact.id && body.includes(one)).length;
  for (const invite of invites) {
    const toOthers = emails.filter(
      ({ contactId, body }) => contactId !== contact.id && body.includes(invite.code),
    );
    expect(toOthers).toEqual([]);
    const mails = mailsWith(invite.code);
    if (invite.code === code) expect(mails).toBe(1);
    else expect(mails).toBeLessThanOrEqual(1);
  }
  const isOurs = invites.some((invite) => invite.code === code);
  const known = leads.filter(({ emailAddress }) => emailAddress?.toLowerCase() === email.toLowerCase());
  expect(known.length).toBeLessThanOrEqual(1);
  if (isOurs) expect(known).toHaveLength(1);
  const tier = codeIn(vip) ? 'vip' : codeIn(basic) ? 'basic' : undefined;
  return { contactId: contact.id, code, tier };
}
