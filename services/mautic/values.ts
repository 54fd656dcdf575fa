import { notPossible } from './api';
import { withoutMarkup } from './plain-text';
import type { ContactField } from './schemas';

/** A value as Mautic's API takes it; `null` and `''` are blank. */
export type FieldValue = string | number | boolean | null | readonly string[];

/** Type and name of a field, as far as comparing and writing its values needs them. */
export type FieldShape = Pick<ContactField, 'alias' | 'type' | 'scale'> &
  Partial<Pick<ContactField, 'choices'>>;

/** Types whose values Mautic strips of markup, whatever else is set for the field. */
const PLAIN_TYPES: readonly string[] = ['text', 'lookup'];

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);

/** Whether there is nothing to write: `undefined`, `null`, `''`, blanks, an empty list. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : typeof value === 'string' && value.trim() === '';
}

/** As {@link isBlank} for what is left of the value in this field: of a text that is nothing but markup, nothing is. */
export function isEmptyIn({ type }: FieldShape, value: unknown): boolean {
  return isBlank(PLAIN_TYPES.includes(type) && typeof value === 'string' ? withoutMarkup(value) : value);
}

/** Whether a select field offers the value; Mautic empties the field for any other, without a word. */
export function isOffered({ type, choices = [] }: FieldShape, value: unknown): boolean {
  return type !== 'select' || choices.length === 0 || isBlank(value) || choices.includes(text(value));
}

/**
 * What to send so that the field holds `value`. Mautic's write calls drop any number whose whole part is 0 without a word
 * (`CustomFieldsApiControllerTrait::setCustomFieldValues`), so a number field that is to hold 0 is emptied instead; and
 * strips markup off texts, which is done here, so that what is sent is what is stored. Throws a `ServiceError` that is not
 * retryable for everything else that cannot be stored: a text that is no yes or no, number or date in a field of that
 * type, a fraction of 1, a 0 in a field of another type, and a choice that a select field does not offer.
 */
export function fieldValue(field: FieldShape, value: unknown): FieldValue {
  if (field.type === 'boolean')
    return isBlank(value) ? null : (truth(value) ?? refuse(field, 'is no yes or no'));
  if (isEmptyIn(field, value)) return '';
  if (!isOffered(field, value)) refuse(field, `is none of its values (${field.choices?.join(', ')})`);
  const sent = typedValue(field, value);
  if (field.type === 'number' && sent === 0) return '';
  if (isDropped(sent)) {
    refuse(
      field,
      'is a number between -1 and 1, which Mautic\'s API ignores instead of storing it; use a "select" or "boolean" field',
    );
  }
  return sent;
}

/**
 * Whether a field already holds what was declared. Booleans come back as true, 1 or "1"; numbers as text or rounded to
 * the field's decimals; times without their seconds; an unset field as null or "". Of a number, nothing and 0 are the same.
 */
export function sameValue(field: FieldShape, wanted: FieldValue, actual: unknown): boolean {
  if (field.type === 'boolean') return truth(wanted) === truth(actual);
  if (field.type === 'number' && isNothing(wanted) && isNothing(actual)) return true;
  if (isBlank(wanted) || isBlank(actual)) return isBlank(wanted) && isBlank(actual);
  switch (field.type) {
    case 'number':
      return isLessThanOneStep(Number(wanted) - Number(actual), field.scale);
    case 'date':
      return String(wanted).slice(0, 10) === String(actual).slice(0, 10);
    case 'datetime':
      return minuteOf(String(wanted)) === minuteOf(String(actual));
    case 'time':
      return String(wanted).slice(0, 5) === String(actual).slice(0, 5);
    case 'multiselect':
      return choices(wanted).sort().join('|') === choices(actual).sort().join('|');
    case 'email':
      return text(wanted).toLowerCase() === text(actual).toLowerCase();
    case 'url':
      return withScheme(text(wanted)) === withScheme(text(actual));
    default:
      return text(wanted) === text(actual);
  }
}

/** A value that Mautic gave, in the type of its field: it sends a stored yes as true, 1 or "1". */
export function plainValue(field: FieldShape, value: unknown): unknown {
  if (field.type === 'boolean') return truth(value) ?? null;
  if (field.type === 'number') return isBlank(value) ? null : Number(value);
  return value ?? null;
}

/** A number that is not there, or 0. */
function isNothing(value: unknown): boolean {
  return isBlank(value) || Number(value) === 0;
}

/** A difference as rounding makes it; binary fractions put 4.75 - 4.74 a hair below 0.01, which is a step. */
function isLessThanOneStep(difference: number, scale: number): boolean {
  return Math.abs(difference) * 10 ** scale < 1 - 1e-6;
}

function typedValue(field: FieldShape, value: unknown): FieldValue {
  switch (field.type) {
    case 'number':
      return Number.isFinite(Number(value)) ? Number(value) : refuse(field, 'is no number');
    case 'date':
      return dateTime(field, value).slice(0, 10);
    case 'datetime':
      return dateTime(field, value);
    case 'multiselect':
      return choices(value);
    default:
      return PLAIN_TYPES.includes(field.type) ? withoutMarkup(text(value)) : text(value);
  }
}

/** A time with a zone is sent in UTC and says so; one without is left to Mautic, whose own zone then holds. */
function dateTime(field: FieldShape, value: unknown): string {
  const given = text(value);
  if (!/^\d{4}-\d\d-\d\d/.test(given) || Number.isNaN(Date.parse(given))) {
    return refuse(field, 'is no date as Mautic reads it, like 2026-01-31 or 2026-01-31T18:00:00Z');
  }
  return hasZone(given) ? new Date(given).toISOString().replace(/\.\d{3}Z$/, '+00:00') : given;
}

function minuteOf(value: string): number {
  const iso = value.trim().replace(' ', 'T');
  return Math.floor(Date.parse(hasZone(iso) || !iso.includes('T') ? iso : `${iso}Z`) / 60_000);
}

function hasZone(value: string): boolean {
  return /T.*(Z|[+-]\d\d:?\d\d)$/.test(value);
}

/** PHP: `is_numeric($value) && (int) $value === 0`, which also holds for a text like `0E12`. */
function isDropped(value: FieldValue): boolean {
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  const isNumeric = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(String(value));
  return isNumeric && Math.trunc(Number(value)) === 0;
}

function truth(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = String(value ?? '')
    .trim()
    .toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : undefined;
}

function choices(value: unknown): string[] {
  return (Array.isArray(value) ? value : String(value).split('|'))
    .map((choice: unknown) => String(choice).trim())
    .filter((choice) => choice !== '');
}

/** Mautic's forms trim what they take; a date object becomes ISO 8601. */
function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value).trim();
  const json = JSON.stringify(value);
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}

/** Mautic's address fields put `http://` before an address that names no scheme. */
function withScheme(address: string): string {
  return /^[\w+.-]+:\/\//.test(address) ? address : `http://${address}`;
}

function refuse({ alias, type }: FieldShape, why: string): never {
  throw notPossible(`set the ${type} field "${alias}": the value given ${why}`);
}
