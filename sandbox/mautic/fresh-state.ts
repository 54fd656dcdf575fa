import type { Json } from '../double';
import type { Contact, Email } from './state';
import { freshFields } from './stock-fields';

const SET_UP_AT = '2026-03-02T09:00:00+00:00';

export const VIP_COUPON_EMAIL_ID = 1;

/** A campaign's Mautic on its first day: its fields, its e-mails, and three contacts from earlier. */
export function freshMauticState(): Json {
  return {
    settings: { apiEnabled: true, basicAuthEnabled: true, deniedPermissions: [], queueMode: 'immediate' },
    fields: freshFields().map((field) => ({ ...field })),
    contacts: CONTACTS.map((contact) => ({ ...contact })),
    merges: [],
    emails: EMAILS.map((email) => ({ ...email })),
    sentEmails: [],
    segments: [
      segment(1, 'Newsletter', 'newsletter'),
      segment(2, 'New Users', 'new-users'),
      segment(3, 'Churned', 'churned'),
      segment(4, 'VIP backers', 'vip-backers'),
    ],
    campaigns: [campaign(1, 'Welcome'), campaign(2, 'Win-back')],
    webhooks: [],
    webhookQueue: [],
  };
}

const CONTACT = {
  dateAdded: SET_UP_AT,
  dateModified: null,
  dateIdentified: SET_UP_AT,
  createdByUser: 'Marketing Team',
  modifiedByUser: null,
  tags: [],
  doNotContact: [],
  segments: [1],
  campaigns: [],
};

const CONTACTS: readonly Contact[] = [
  {
    ...CONTACT,
    id: 1,
    fields: {
      email: 'maya.lind@example.com',
      firstname: 'Maya',
      lastname: 'Lind',
      company: 'Lind & Daughters',
      phone: '+46 8 123 456',
      city: 'Stockholm',
      points: 20,
      opt_in_confirmed: true,
    },
    tags: [{ id: 1, tag: 'newsletter' }],
  },
  {
    ...CONTACT,
    id: 2,
    fields: { email: 'Jonas.Weber@Example.com', firstname: 'Jonas', lastname: 'Weber', points: 0 },
  },
  {
    ...CONTACT,
    id: 3,
    fields: { email: 'no.mail@example.com', firstname: 'Nora', lastname: 'Malik', points: 0 },
    doNotContact: [
      {
        id: 2,
        channel: 'email',
        reason: 1,
        comments: 'User unsubscribed',
        channelId: null,
        dateAdded: SET_UP_AT,
      },
    ],
  },
];

const EMAILS: readonly Email[] = [
  email(VIP_COUPON_EMAIL_ID, 'VIP coupon', 'Your VIP coupon is here, {contactfield=firstname|friend}!', [
    '<h1>You are in.</h1>',
    '<p>Hi {contactfield=firstname|there},</p>',
    '<p>thank you for your VIP reservation. You helped us before anybody could see the finished thing, ' +
      'and we have not forgotten it.</p>',
    '<p>Here is your personal coupon. It works once, for you, as soon as the shop opens:</p>',
    '<p style="font-size:24px;letter-spacing:2px"><strong>{contactfield=promo_code}</strong></p>',
    '<p>Enter it at the checkout and your reservation is taken off the price. ' +
      'If anything is unclear, just answer this e-mail: a person reads it.</p>',
    '<p>See you soon<br>The team</p>',
    '<p><small>{unsubscribe_text}</small></p>',
  ]),
  email(2, 'VIP Discord invite', 'The VIP room is open, {contactfield=firstname|friend}', [
    '<p>Hi {contactfield=firstname|there},</p>',
    '<p>your place in the VIP room on Discord is ready:</p>',
    '<p><a href="{contactfield=discord_invite_vip}">{contactfield=discord_invite_vip}</a></p>',
    '<p>The link is yours alone and works once.</p>',
  ]),
  email(3, 'Basic Discord invite', 'Join us on Discord', [
    '<p>Hi {contactfield=firstname|there},</p>',
    '<p>come in and say hello: <a href="{contactfield=discord_invite_basic}">' +
      '{contactfield=discord_invite_basic}</a></p>',
  ]),
  {
    ...email(4, 'Summer teaser', 'Something is coming', ['<p>Draft: not to be sent yet.</p>']),
    isPublished: false,
  },
];

function email(id: number, name: string, subject: string, paragraphs: readonly string[]): Email {
  const customHtml = `<!DOCTYPE html><html><body>${paragraphs.join('\n')}</body></html>`;
  return {
    id,
    name,
    subject,
    customHtml,
    emailType: 'template',
    language: 'en',
    isPublished: true,
    sentCount: 0,
    dateAdded: SET_UP_AT,
  };
}

function segment(id: number, name: string, alias: string): Json {
  return { id, name, alias, description: null, isPublished: true, isGlobal: true, dateAdded: SET_UP_AT };
}

function campaign(id: number, name: string): Json {
  return { id, name, description: null, isPublished: true, dateAdded: SET_UP_AT };
}
