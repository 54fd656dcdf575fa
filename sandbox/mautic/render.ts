import { escapeHtml, htmlBadge, htmlTable, htmlTime } from '../html';
import type { Contact, FieldValue, MauticState, SentEmail } from './state';

/** More rows than a person reads; the whole state is at the control API. */
const MOST_ROWS = 50;

/** Contacts and the e-mails they were sent, newest first. */
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
      ['Contact', 'State', 'Promo code', 'Discord invite'],
      newest(contacts).map(contactRow),
      'No contacts.',
    ),
    olderThanShown(contacts.length),
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

function contactRow({ fields, doNotContact }: Contact): string[] {
  const badges = [
    fields.vip_status === true ? htmlBadge('VIP', 'good') : '',
    fields.opt_in_confirmed === true ? htmlBadge('opted in') : '',
    doNotContact.length > 0 ? htmlBadge('do not contact', 'bad') : '',
  ];
  const links = [labelled('VIP', fields.discord_invite_vip), labelled('Basic', fields.discord_invite_basic)];
  return [
    person(fields),
    badges.join(' '),
    labelled('', fields.promo_code),
    links.filter((link) => link !== '').join('<br>'),
  ];
}

function person({ firstname, lastname, email }: Contact['fields']): string {
  const name = [firstname, lastname].filter((part) => part !== undefined).join(' ');
  const who = name === '' ? '' : `<strong>${escapeHtml(name)}</strong><br>`;
  return `${who}<span class="soft">${escapeHtml(String(email ?? 'no e-mail'))}</span>`;
}

/** Links are shown without `https://`, which all of them begin with. */
function labelled(label: string, value: FieldValue | undefined): string {
  if (value === undefined) return '';
  return `${label} <code>${escapeHtml(String(value).replace(/^https:\/\//, ''))}</code>`.trim();
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
