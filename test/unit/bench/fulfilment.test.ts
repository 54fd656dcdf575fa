import { describe, expect, it } from '@jest/globals';
import { judge } from '../../../bench/fulfilment';

const contact = (
  id: number,
  email: string,
  fields: object = { vip_status: true, promo_code: `VIP-${id}` },
) => ({
  id,
  fields: { email, vip_status: undefined, promo_code: undefined, ...fields },
});
const mail = (contactId: number, code = `VIP-${contactId}`) => ({ contactId, body: `<p>${code}</p>` });
const verdictOf = (...given: [Parameters<typeof judge>[1], string[]]) => judge(['ada@example.com'], ...given);

describe('a purchase', () => {
  it('with one code, one VIP contact and one e-mail is right', () => {
    const state = { contacts: [contact(1, 'ada@example.com')], sentEmails: [mail(1)] };
    expect(verdictOf(state, ['VIP-1'])).toEqual({ total: 1, right: 1, lost: 0, doubled: 0 });
  });

  it('without an e-mail is lost', () => {
    const state = { contacts: [contact(1, 'ada@example.com')], sentEmails: [] };
    expect(verdictOf(state, ['VIP-1'])).toMatchObject({ right: 0, lost: 1 });
    expect(verdictOf({ contacts: [], sentEmails: [] }, [])).toMatchObject({ right: 0, lost: 1 });
  });

  it('with two e-mails or two contacts is doubled', () => {
    const twoMails = { contacts: [contact(1, 'ada@example.com')], sentEmails: [mail(1), mail(1)] };
    expect(verdictOf(twoMails, ['VIP-1'])).toMatchObject({ right: 0, doubled: 1 });
    const twoContacts = {
      contacts: [contact(1, 'ada@example.com'), contact(2, 'ada@example.com')],
      sentEmails: [mail(1)],
    };
    expect(verdictOf(twoContacts, ['VIP-1'])).toMatchObject({ right: 0, doubled: 1 });
  });

  it.each([
    ['a code that the shop does not have', { vip_status: true, promo_code: 'VIP-1' }, []],
    ['a code that the shop has twice', { vip_status: true, promo_code: 'VIP-1' }, ['VIP-1', 'VIP-1']],
    ['a contact that is not VIP', { vip_status: false, promo_code: 'VIP-1' }, ['VIP-1']],
    ['another code in the e-mail', { vip_status: true, promo_code: 'VIP-9' }, ['VIP-9']],
  ])('with %s is not right', (_case, fields, codes) => {
    const state = { contacts: [contact(1, 'ada@example.com', fields)], sentEmails: [mail(1)] };
    expect(verdictOf(state, codes)).toMatchObject({ right: 0 });
  });
});
