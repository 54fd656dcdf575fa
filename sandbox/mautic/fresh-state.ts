import type { Json } from '../double';
import { buildEvents } from './campaign-events';
import { readSetup, type CampaignToSetUp, type EmailToSetUp, type FieldToSetUp } from './setup-file';
import type { Campaign, Contact, ContactField, Email, Segment } from './state';
import { newField, stockFields } from './stock-fields';

const SET_UP_AT = '2026-03-02T09:00:00+00:00';

export const VIP_COUPON_EMAIL_ID = 1;

/** Ids that stay what they are, whatever else is set up; all other things come behind them. */
const EMAIL_IDS: Readonly<Record<string, number>> = {
  'VIP coupon': VIP_COUPON_EMAIL_ID,
  'VIP Discord invite': 2,
  'Basic Discord invite': 3,
  'Summer teaser': 4,
};
const SEGMENT_IDS: Readonly<Record<string, number>> = {
  newsletter: 1,
  'new-users': 2,
  churned: 3,
  'vip-backers': 4,
};
const CAMPAIGN_IDS: Readonly<Record<string, number>> = { Welcome: 1, 'Win-back': 2 };

/** A new installation: its own fields, and nothing that anybody has made. */
export function stockMauticState(): { [key: string]: Json } {
  return stateOf({ fields: stockFields(), contacts: [], emails: [], segments: [], campaigns: [] });
}

/**
 * A campaign's Mautic on its first day: what the workflow `mautic-setup` creates, something of the marketers' own, and
 * three contacts from earlier.
 */
export function freshMauticState(): Json {
  const setup = readSetup();
  const segments = numbered(
    [
      { name: 'Newsletter', alias: 'newsletter', description: null },
      { name: 'VIP backers', alias: 'vip-backers', description: null },
      ...setup.segments,
    ],
    SEGMENT_IDS,
    ({ alias }) => alias,
  ).map((segment): Segment => ({ ...segment, isPublished: true, isGlobal: true, dateAdded: SET_UP_AT }));
  const emails = numbered([SUMMER_TEASER, ...setup.emails.map(emailOf)], EMAIL_IDS, ({ name }) => name);
  const campaigns: Campaign[] = [];
  for (const campaign of numbered(setup.campaigns, CAMPAIGN_IDS, ({ name }) => name)) {
    campaigns.push(campaignOf(campaign, { emails, segments, firstEventId: eventsOf(campaigns) + 1 }));
  }
  return stateOf({
    fields: [
      ...stockFields(),
      ...setup.fields.map((field, index) => fieldOf(field, stockFields().length + index + 1)),
    ],
    contacts: CONTACTS,
    emails,
    segments,
    campaigns,
  });
}

interface Contents {
  fields: readonly ContactField[];
  contacts: readonly Contact[];
  emails: readonly Email[];
  segments: readonly Segment[];
  campaigns: readonly Campaign[];
}

function stateOf({ fields, contacts, emails, segments, campaigns }: Contents): { [key: string]: Json } {
  return {
    settings: { apiEnabled: true, basicAuthEnabled: true, deniedPermissions: [], queueMode: 'immediate' },
    fields: fields.map((field) => ({ ...field })),
    contacts: contacts.map((contact) => ({ ...contact })),
    merges: [],
    emails: emails.map((email) => ({ ...email })),
    sentEmails: [],
    segments: segments.map((segment) => ({ ...segment })),
    campaigns: campaigns.map((campaign) => ({ ...campaign })),
    webhooks: [],
    webhookQueue: [],
  };
}

/** With the ids that are given out for good, and behind them those of the rest; in the order of their ids. */
function numbered<Row>(
  rows: readonly Row[],
  ids: Readonly<Record<string, number>>,
  keyOf: (row: Row) => string,
): (Row & { id: number })[] {
  let last = Object.keys(ids).length;
  return rows
    .map((row) => ({ ...row, id: ids[keyOf(row)] ?? (last += 1) }))
    .sort((one, other) => one.id - other.id);
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
  leftCampaigns: [],
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

function fieldOf({ label, alias, type, ...more }: FieldToSetUp, id: number): ContactField {
  const values = more.values.split(',').map((value) => value.trim());
  const list = values.map((value) => ({ label: value, value }));
  const properties: Readonly<Record<string, ContactField['properties']>> = {
    boolean: { no: 'No', yes: 'Yes' },
    number: { roundmode: 4, scale: more.decimals },
    select: { list },
  };
  const { maxLength } = more;
  return newField({
    id,
    label,
    alias,
    type,
    properties: properties[type] ?? {},
    ...(maxLength !== undefined && { charLengthLimit: maxLength }),
  });
}

type NewEmail = Omit<Email, 'id'>;

function emailOf({ name, subject, preheader, body }: EmailToSetUp): NewEmail {
  const content = body.replaceAll('{website}', 'https://example.com');
  return {
    name,
    subject,
    preheaderText: preheader,
    customHtml: `<!DOCTYPE html><html><body>${content}\n<p><small>{unsubscribe_text}</small></p></body></html>`,
    emailType: 'template',
    language: 'en',
    isPublished: true,
    sentCount: 0,
    dateAdded: SET_UP_AT,
  };
}

const SUMMER_TEASER: NewEmail = {
  ...emailOf({
    name: 'Summer teaser',
    subject: 'Something is coming',
    preheader: '',
    body: '<p>Draft: not to be sent yet.</p>',
  }),
  isPublished: false,
};

function eventsOf(campaigns: readonly Campaign[]): number {
  return campaigns.reduce((count, { events }) => count + events.length, 0);
}

/** The e-mails one after the other, each as many days after the one before as lie between them. */
function campaignOf(
  { id, name, description, segment, emails: steps }: CampaignToSetUp & { id: number },
  known: { emails: readonly Email[]; segments: readonly Segment[]; firstEventId: number },
): Campaign {
  const sent = steps.email.map(({ day, email }, index, all) => {
    const wait = day - (all[index - 1]?.day ?? 0);
    return {
      id: `new_${index}`,
      name: email,
      type: 'email.send',
      eventType: 'action' as const,
      properties: { email: idOf(known.emails, (one) => one.name === email), email_type: 'marketing' },
      triggerMode: wait === 0 ? ('immediate' as const) : ('interval' as const),
      triggerInterval: wait,
      triggerIntervalUnit: 'd' as const,
    };
  });
  const connections = sent.map((event, index) => ({
    sourceId: index === 0 ? 'lists' : `new_${index - 1}`,
    targetId: event.id,
  }));
  const { events, canvas } = buildEvents(sent, { nodes: [], connections }, known.firstEventId);
  return {
    id,
    name,
    description,
    isPublished: true,
    dateAdded: SET_UP_AT,
    allowRestart: false,
    events,
    lists: [idOf(known.segments, ({ alias }) => alias === segment)],
    forms: [],
    canvasSettings: {
      nodes: [],
      connections: canvas.connections.map(({ sourceId, targetId }) => ({ sourceId, targetId })),
    },
  };
}

function idOf<Row extends { id: number }>(rows: readonly Row[], isMeant: (row: Row) => boolean): number {
  const row = rows.find(isMeant);
  if (!row)
    throw new Error('A campaign of workflows/mautic-setup.json names something that is not set up there.');
  return row.id;
}
