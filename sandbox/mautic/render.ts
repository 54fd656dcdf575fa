import { escapeHtml, htmlBadge, htmlTable, htmlTime } from '../html';
import type { Campaign, Contact, FieldValue, MauticState, Segment, SentEmail } from './state';

/** The fields that workflows set, in the order of a customer's life. */
const SHOWN_FIELDS = [
  ['promo_code', 'Promo code'],
  ['discord_invite_vip', 'VIP invite'],
  ['discord_invite_basic', 'Basic invite'],
  ['signup_date', 'Signed up'],
  ['signup_source', 'By'],
  ['marketing_consent', 'Consent'],
  ['subscription_tier', 'Tier'],
  ['subscription_status', 'Status'],
  ['last_login', 'Last login'],
  ['last_activity', 'Last activity'],
  ['lifetime_value', 'Has paid'],
] as const;

/** More rows than a person reads; the whole state is at the control API. */
const MOST_ROWS = 50;

/** Contacts with what they are in, the e-mails they were sent, newest first, and what there is to be in. */
export function renderMautic(state: MauticState): string {
  const contacts = state.contacts.all();
  const sent = state.sentEmails.all();
  return [
    `<h3>Sent e-mails (${sent.length})</h3>`,
    htmlTable(
      ['Subject', 'To', 'Sent', 'E-mail'],
      newest(sent).map((mail) => sentRow(mail, state)),
      'No e-mails sent yet.',
    ),
    olderThanShown(sent.length),
    `<h3>Contacts (${contacts.length})</h3>`,
    htmlTable(
      ['Contact', 'Segments, campaigns and fields'],
      newest(contacts).map((contact) => contactRow(contact, state)),
      'No contacts.',
    ),
    olderThanShown(contacts.length),
    membersTable('Segments', state.segments.all(), contacts, ({ segments }) => segments),
    membersTable('Campaigns', state.campaigns.all(), contacts, ({ campaigns }) => campaigns),
    webhooksTable(state),
  ].join('');
}

function newest<T>(rows: readonly T[]): T[] {
  return rows.slice(-MOST_ROWS).reverse();
}

function olderThanShown(count: number): string {
  return count > MOST_ROWS ? `<p>… and ${count - MOST_ROWS} older ones</p>` : '';
}

function sentRow(mail: SentEmail, state: MauticState): string[] {
  const name = state.emails.get(mail.emailId)?.name ?? `#${mail.emailId}`;
  // A sandboxed frame: what the e-mail holds can neither run nor style anything here.
  const body = `<iframe sandbox srcdoc="${escapeHtml(mail.body)}" title="${escapeHtml(mail.subject)}"></iframe>`;
  return [
    `<details><summary>${escapeHtml(mail.subject)}</summary>${body}</details>`,
    escapeHtml(mail.emailAddress),
    htmlTime(mail.dateSent),
    escapeHtml(name),
  ];
}

function contactRow({ fields, doNotContact, segments, campaigns }: Contact, state: MauticState): string[] {
  const badges = [
    fields.vip_status === true ? htmlBadge('VIP', 'good') : '',
    fields.opt_in_confirmed === true ? htmlBadge('opted in') : '',
    doNotContact.length > 0 ? htmlBadge('do not contact', 'bad') : '',
  ].filter((badge) => badge !== '');
  const names = (ids: readonly number[], rows: MauticState['segments'] | MauticState['campaigns']) =>
    ids.map((id) => htmlBadge(rows.get(id)?.name ?? `#${id}`)).join(' ');
  const held = [
    labelled('Segments', names(segments, state.segments)),
    labelled('Campaigns', names(campaigns, state.campaigns)),
    ...SHOWN_FIELDS.map(([alias, label]) => labelled(label, valueOf(fields[alias]))),
  ];
  return [
    [person(fields), ...(badges.length > 0 ? [badges.join(' ')] : [])].join('<br>'),
    held.filter((part) => part !== '').join(' '),
  ];
}

/** How many contacts are in each; what is empty and what is not published can be told apart. */
function membersTable(
  title: string,
  rows: readonly (Segment | Campaign)[],
  contacts: readonly Contact[],
  idsOf: (contact: Contact) => readonly number[],
): string {
  const cells = rows.map((row) => [
    escapeHtml(row.name),
    'alias' in row ? `<code>${escapeHtml(row.alias)}</code>` : escapeHtml(`${row.events.length} steps`),
    String(contacts.filter((contact) => idsOf(contact).includes(row.id)).length),
    row.isPublished ? '' : htmlBadge('unpublished', 'bad'),
  ]);
  const headings = [title.slice(0, -1), title === 'Segments' ? 'Alias' : 'Length', 'Members', ''];
  return `<h3>${title} (${rows.length})</h3>${htmlTable(headings, cells, `No ${title.toLowerCase()}.`)}`;
}

function person({ firstname, lastname, email }: Contact['fields']): string {
  const name = [firstname, lastname].filter((part) => part !== undefined).join(' ');
  const who = name === '' ? '' : `<strong>${escapeHtml(name)}</strong><br>`;
  return `${who}<span class="soft">${escapeHtml(String(email ?? 'no e-mail'))}</span>`;
}

/** Nothing where there is nothing to label. */
function labelled(label: string, html: string): string {
  return html === '' ? '' : `<span class="field"><span class="soft">${label}</span> ${html}</span>`;
}

/** Links are shown without `https://`, which all of them begin with. */
function valueOf(value: FieldValue | undefined): string {
  if (value === undefined) return '';
  const text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value).replace(/^https:\/\//, '');
  return `<code>${escapeHtml(text)}</code>`;
}

function webhooksTable(state: MauticState): string {
  const hooks = state.webhooks.all();
  if (hooks.length === 0) return '';
  const rows = hooks.map((hook) => [
    escapeHtml(hook.name),
    escapeHtml(hook.webhookUrl),
    hook.isPublished ? htmlBadge('published', 'good') : htmlBadge('unpublished', 'bad'),
    escapeHtml(String(hook.log.at(-1)?.status ?? '–')),
    String(state.webhookQueue.all().filter(({ hookId }) => hookId === hook.id).length),
  ]);
  const headings = ['Webhook', 'Address', 'State', 'Last answer', 'Events waiting'];
  return `<h3>Webhooks</h3>${htmlTable(headings, rows, '')}`;
}
