import { escapeHtml, htmlBadge, htmlTable, htmlTime, type BadgeTone } from '../html';
import { nameOf, primaryEmail } from './record-json';
import type { CrmRecord, EspoCrmState } from './state';
import { isoTime } from './time';

/** More rows than a person reads; the whole state is at the control API. */
const MOST_ROWS = 50;

const TONES: Readonly<Record<string, BadgeTone>> = { New: 'good', Converted: 'warn', Dead: 'bad' };

/** Leads and contacts, newest first. */
export function renderEspoCrm(state: EspoCrmState): string {
  const leads = state.all('Lead');
  const contacts = state.all('Contact');
  const text = (value: unknown): string => escapeHtml(typeof value === 'string' ? value : '');
  const person = (record: CrmRecord): string[] => [text(nameOf(record)), text(primaryEmail(state, record))];
  return [
    state.settings.maintenance ? `<p>${htmlBadge('maintenance mode', 'warn')}</p>` : '',
    `<h3>Leads (${leads.length})</h3>`,
    htmlTable(
      ['Name', 'E-mail address', 'Status', 'Source', 'Created'],
      newest(leads).map((lead) => [
        ...person(lead),
        statusBadge(lead),
        text(lead.attributes.source),
        htmlTime(isoTime(lead.createdAt)),
      ]),
      'No leads yet.',
    ),
    olderThanShown(leads.length),
    `<h3>Contacts (${contacts.length})</h3>`,
    htmlTable(
      ['Name', 'E-mail address', 'Created'],
      newest(contacts).map((contact) => [...person(contact), htmlTime(isoTime(contact.createdAt))]),
      'No contacts.',
    ),
    olderThanShown(contacts.length),
  ].join('');
}

function newest(records: readonly CrmRecord[]): CrmRecord[] {
  return records.slice(-MOST_ROWS).reverse();
}

function olderThanShown(count: number): string {
  return count > MOST_ROWS ? `<p>… and ${count - MOST_ROWS} older ones</p>` : '';
}

function statusBadge({ attributes: { status } }: CrmRecord): string {
  return typeof status === 'string' ? htmlBadge(status, TONES[status]) : '';
}
