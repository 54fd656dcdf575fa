import { escapeHtml, htmlBadge, htmlTable, htmlTime } from '../html';
import { personJson } from './person-json';
import { primaryEmail, type Person, type TwentyState } from './state';

/** More rows than a person reads; the whole state is at the control API. */
const MOST_ROWS = 50;

/** People, newest first, and those in the trash. */
export function renderTwenty(state: TwentyState): string {
  const people = state.all();
  const live = people.filter(({ deletedAt }) => deletedAt === null);
  const custom = state.fields.filter(({ isCustom }) => isCustom);
  const shown = people.slice(-MOST_ROWS).reverse();
  const rows = shown.map((person) => [
    nameOf(state, person),
    escapeHtml(primaryEmail(person) ?? ''),
    ...custom.map(({ name }) => text(person.values[name])),
    htmlTime(person.createdAt),
    person.deletedAt === null ? '' : htmlBadge('in the trash', 'warn'),
  ]);
  return [
    `<h3>People (${live.length})</h3>`,
    htmlTable(
      ['Name', 'E-mail address', ...custom.map(({ label }) => label), 'Created', ''],
      rows,
      'Nobody yet.',
    ),
    people.length > MOST_ROWS ? `<p>… and ${people.length - MOST_ROWS} older ones</p>` : '',
  ].join('');
}

function nameOf(state: TwentyState, person: Person): string {
  const { firstName = '', lastName = '' } = Object(personJson(state, person).name);
  return escapeHtml(`${String(firstName)} ${String(lastName)}`.trim());
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return escapeHtml(typeof value === 'object' ? JSON.stringify(value) : String(value));
}
