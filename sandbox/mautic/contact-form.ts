import { formError } from './errors';
import type { ShapedValues } from './contact-json';
import { decodeEntities, isEmail, isEmpty, isNumeric, sanitizeEmail, sqlDate, toBoolean } from './php';
import type { Contact, ContactField, FieldValue, MauticState } from './state';

const MAX_TEXT_LENGTH = 191;

export interface FormSubmission {
  /** The contact that is written to, as it was loaded; left out for a new one. */
  contact?: Contact;
  parameters: Readonly<Record<string, unknown>>;
  /** Fields that are not sent count as emptied (everything but PATCH). */
  clearMissing: boolean;
  /** Blanks and zeros are not taken over (POST and PATCH). */
  keepBlanks: boolean;
}

export interface FormOutcome {
  /** Fields that really change, by alias; `null` clears. */
  updated: Record<string, FieldValue | null>;
  /** What the reply's `fields.<group>` shows instead of the stored value. */
  shown: ShapedValues;
}

/** A value as the form holds it, before it is taken over: text, or a number for booleans and numbers. */
type FormValue = string | number | null;

/**
 * What Mautic's contact form makes of a request's parameters. Unknown keys are ignored.
 *
 * Throws 400 with the field errors, or 422 when a value has to be unique and is not.
 */
export function submitContactForm(state: MauticState, submission: FormSubmission): FormOutcome {
  const outcome: FormOutcome = { updated: {}, shown: {} };
  const errors = new FormErrors();
  const values = new Map<ContactField, FormValue>();
  for (const field of state.publishedFields()) {
    if (!setBooleanDirectly(field, submission, outcome)) {
      values.set(field, readValue(field, submission, errors));
    }
  }
  for (const [field, value] of values) validate(field, value, errors);
  checkUnique(state, values, submission.contact, errors);
  errors.tryToThrow();

  for (const [field, value] of values) takeOver(field, value, submission, outcome);
  return outcome;
}

/** The contact whose unique fields the parameters name: the newest one, when there are several. */
export function findDuplicate(
  state: MauticState,
  parameters: Readonly<Record<string, unknown>>,
): Contact | undefined {
  for (const field of state.publishedFields()) {
    const sent = parameters[field.alias];
    if (!field.isUniqueIdentifier || (typeof sent !== 'string' && typeof sent !== 'number')) continue;
    const value = field.type === 'email' ? sanitizeEmail(String(sent)) : String(sent).trim();
    const [newest] = isEmpty(value) ? [] : contactsWith(state, field.alias, value);
    if (newest) return newest;
  }
  return undefined;
}

/**
 * A boolean sent for an existing contact goes past the form: it is stored, but the values that the reply shows by
 * group keep the old one.
 */
function setBooleanDirectly(field: ContactField, submission: FormSubmission, outcome: FormOutcome): boolean {
  const { contact, parameters } = submission;
  const sent = lastOf(parameters[field.alias]);
  if (field.type !== 'boolean' || !contact || sent === undefined || sent === null || sent === '')
    return false;
  const value = toBoolean(sent);
  if (contact.fields[field.alias] !== value) outcome.updated[field.alias] = value;
  return true;
}

function lastOf(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function readValue(field: ContactField, submission: FormSubmission, errors: FormErrors): FormValue {
  const { contact, parameters, clearMissing } = submission;
  const sent = lastOf(parameters[field.alias]);
  if (field.alias in parameters && !isIgnoredDate(field, sent)) return cleanValue(field, sent, errors);
  if (clearMissing) return null;
  const stored = contact?.fields[field.alias];
  if (stored === undefined) return field.defaultValue;
  return typeof stored === 'boolean' ? Number(stored) : stored;
}

/** Dates that cannot be read count as not sent. */
function isIgnoredDate(field: ContactField, value: unknown): boolean {
  return field.type === 'datetime' && !isEmpty(value) && Number.isNaN(Date.parse(String(value)));
}

function cleanValue(field: ContactField, value: unknown, errors: FormErrors): FormValue {
  if (value === null || value === undefined || value === '' || value === false) return null;
  if (typeof value === 'object') {
    if (field.type === 'multiselect' && Array.isArray(value)) return value.join('|');
    errors.add(field.alias, 'This value is not valid.');
    return null;
  }
  if (field.type === 'boolean') return Number(toBoolean(value));
  const text = stripTags(value === true ? '1' : String(value)).trim();
  if (text === '') return null;
  switch (field.type) {
    case 'email':
      return sanitizeEmail(text);
    case 'number':
      if (isNumeric(text)) return Number(text);
      errors.add(field.alias, 'Please enter a number.');
      return null;
    case 'url':
      return /^[\w+.-]+:\/\//.test(text) ? text : `http://${text}`;
    case 'datetime':
      // The form takes hours and minutes only.
      return `${sqlDate(new Date(text).toISOString()).slice(0, 16)}:00`;
    case 'select':
      return allowedSelection(field, text);
    default:
      return text;
  }
}

/** Plain fields lose their markup, also such as comes about by decoding, and all that is behind a `<` without a `>`. */
function stripTags(text: string): string {
  return decodeEntities(text).replace(/<[^>]*(?:>|$)/g, '');
}

/** What is not in the list is emptied without a word. */
function allowedSelection(field: ContactField, text: string): string | null {
  const { list } = field.properties;
  if (!Array.isArray(list)) return text;
  const values = list.map((item) =>
    typeof item === 'object' && item !== null && 'value' in item
      ? decodeEntities(String(item.value))
      : String(item),
  );
  return values.includes(text) ? text : null;
}

function validate(field: ContactField, value: FormValue, errors: FormErrors): void {
  if (value === null) {
    if (field.isRequired) errors.add(field.alias, 'This field is required.');
    return;
  }
  const length = [...String(value)].length;
  const limits = [field.charLengthLimit ?? 0, ['text', 'lookup'].includes(field.type) ? MAX_TEXT_LENGTH : 0];
  for (const limit of limits) {
    if (limit > 0 && length > limit) {
      errors.add(field.alias, `This value is too long. It should have ${limit} characters or less.`);
    }
  }
  if (field.type === 'email' && value !== '') checkEmail(field.alias, String(value), errors);
}

function checkEmail(alias: string, address: string, errors: FormErrors): void {
  if (!isEmail(address)) errors.add(alias, `${address} is invalid.`);
  else if (/[\^&*%]/.test(address)) {
    errors.add(alias, `${address} has characters not allowed in email addresses.`);
  }
}

/** Also for values that were not sent: those are the stored ones, and may be shared by now. */
function checkUnique(
  state: MauticState,
  values: ReadonlyMap<ContactField, FormValue>,
  contact: Contact | undefined,
  errors: FormErrors,
): void {
  for (const [field, value] of values) {
    if (!field.isUniqueIdentifier || value === null || value === '') continue;
    const holders = contactsWith(state, field.alias, String(value));
    if (holders.length > 1 || (holders[0] && holders[0].id !== contact?.id)) {
      errors.addUnique(field.alias, 'This field must be unique.');
    }
  }
}

function contactsWith(state: MauticState, alias: string, value: string): Contact[] {
  if (alias === 'email') return state.contacts.byEmail(value);
  return state.contacts.all().filter((contact) => contact.fields[alias] === value);
}

function takeOver(
  field: ContactField,
  value: FormValue,
  submission: FormSubmission,
  outcome: FormOutcome,
): void {
  const { contact, parameters, keepBlanks } = submission;
  const { alias } = field;
  if (keepBlanks && isNumeric(value) && Math.trunc(Number(value)) === 0) return;
  const next: FieldValue | null = field.type === 'boolean' && value !== null ? Boolean(value) : value;
  const blank = next === null || next === '' || next === 0 || next === false;
  if (blank && keepBlanks && isEmpty(parameters.overwriteWithBlank)) return;
  outcome.shown = { ...outcome.shown, [alias]: next };
  const stored = contact?.fields[alias] ?? null;
  // The accumulated points are a number always; emptied, they are none.
  const kept = alias === 'points' && next === null ? 0 : next === '' ? null : next;
  if (stored !== kept) outcome.updated[alias] = kept;
}

class FormErrors {
  private readonly byField: Record<string, string[]> = {};
  private notUnique = false;

  add(field: string, message: string): void {
    (this.byField[field] ??= []).push(message);
  }

  addUnique(field: string, message: string): void {
    this.notUnique = true;
    this.add(field, message);
  }

  tryToThrow(): void {
    if (Object.keys(this.byField).length > 0) throw formError(this.byField, this.notUnique ? 422 : 400);
  }
}
