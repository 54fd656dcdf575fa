import { describe, expect, it } from '@jest/globals';
import { judge, type Systems } from '../../../bench/invites';

const VIP = { contactId: 7, email: 'Ada@example.com', isVip: true };
const BASIC = { ...VIP, isVip: false };

const contact = (fields: { discord_invite_vip?: string; discord_invite_basic?: string }) => ({
  id: 7,
  fields,
});
const invite = (code: string, status = 'live', reason: string | null = 'Mautic contact 7') => ({
  code,
  status,
  reason,
});
const mail = (code: string, contactId = 7) => ({ contactId, body: `<p>https://discord.gg/${code}</p>` });

const lead = (lower: string, deleted = false) => ({ emailAddresses: [{ lower }], deleted });

type Leads = Systems['crm']['records']['Lead'];
type Changes = Partial<Systems['mautic'] & Systems['discord'] & { leads: Leads }>;

/** A VIP for whom everything has gone well, but for what a case changes. */
function verdictOf(changes: Changes, backer = VIP) {
  const {
    contacts = [contact({ discord_invite_vip: 'https://discord.gg/abc' })],
    sentEmails = [mail('abc')],
    invites = [invite('abc')],
    leads = [lead('ada@example.com')],
  } = changes;
  return judge([backer], {
    mautic: { contacts, sentEmails },
    discord: { invites },
    crm: { records: { Lead: leads } },
  });
}

describe('an opt-in', () => {
  it('with one stored link, one live invite, one e-mail and one lead is right', () => {
    expect(verdictOf({})).toEqual({ total: 1, right: 1, lost: 0, doubled: 0 });
    const contacts = [contact({ discord_invite_basic: 'https://discord.gg/abc' })];
    expect(verdictOf({ contacts }, BASIC)).toMatchObject({ right: 1 });
  });

  it('does not count what others have, nor invites and leads that are no more', () => {
    const invites = [invite('abc'), invite('old', 'revoked'), invite('xyz', 'live', 'Mautic contact 71')];
    const sentEmails = [mail('abc'), mail('xyz', 71)];
    const leads = [lead('ada@example.com'), lead('eve@example.com'), lead('ada@example.com', true)];
    expect(verdictOf({ invites, sentEmails, leads })).toMatchObject({ right: 1 });
  });

  it.each<[string, Changes]>([
    ['link', { contacts: [contact({})] }],
    ['contact', { contacts: [] }],
    ['live invite', { invites: [invite('abc', 'revoked')] }],
    ['invite made for the contact', { invites: [invite('abc', 'live', null)] }],
    ['e-mail', { sentEmails: [] }],
    ['lead', { leads: [lead('ada@example.com', true)] }],
  ])('lacking its %s is lost', (_what, changes) => {
    expect(verdictOf(changes)).toEqual({ total: 1, right: 0, lost: 1, doubled: 0 });
  });

  it.each<[string, Changes]>([
    [
      'links',
      { contacts: [contact({ discord_invite_vip: 'https://discord.gg/abc', discord_invite_basic: 'x' })] },
    ],
    ['live invites', { invites: [invite('abc'), invite('xyz')] }],
    ['e-mails', { sentEmails: [mail('abc'), mail('abc')] }],
    ['leads', { leads: [lead('ada@example.com'), lead('ada@example.com')] }],
  ])('with two %s is doubled', (_what, changes) => {
    expect(verdictOf(changes)).toEqual({ total: 1, right: 0, lost: 0, doubled: 1 });
  });

  it.each<[string, Changes, typeof VIP]>([
    ['the link in the field of the other tier', {}, BASIC],
    ['the link of another invite', { invites: [invite('xyz')] }, VIP],
    ['another link in the e-mail', { sentEmails: [mail('xyz')] }, VIP],
  ])('with %s is neither right nor lost nor doubled', (_what, changes, backer) => {
    expect(verdictOf(changes, backer)).toEqual({ total: 1, right: 0, lost: 0, doubled: 0 });
  });
});
