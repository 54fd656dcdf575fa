import { ServiceError } from '../http';
import { TWENTY } from './client';
import type { PersonRow } from './person';

/** Values of a person by field, as Twenty's API takes them; fields with parts (`name`, `phones`) are objects. */
export type PersonValues = Readonly<Record<string, unknown>>;

type Parts = Record<string, unknown>;

/** `emails` would give the person another address than the one looked for, and so a new person at every run. */
const NOT_TO_SET = ['id', 'emails', 'createdAt', 'updatedAt', 'deletedAt'];

/**
 * What is sent for a person: texts trimmed, `phones.primaryPhoneNumber` as a part of `phones`, and nothing for what is
 * empty (`undefined`, `null`, blanks, an empty list), so that Twenty's own defaults hold. Throws a `ServiceError` that is
 * not retryable for a field that is not to be set.
 */
export function personValues(given: Readonly<Record<string, unknown>>): PersonValues {
  const values: Record<string, unknown> = {};
  for (const [path, untrimmed] of Object.entries(given)) {
    const value = typeof untrimmed === 'string' ? untrimmed.trim() : untrimmed;
    const [field = '', part] = path.trim().split('.');
    if (field === '' || isEmpty(value)) continue;
    if (NOT_TO_SET.includes(field)) throw notToSet(path);
    const held = values[field];
    const parts = part === undefined ? value : { [part]: value };
    values[field] = isParts(parts) && isParts(held) ? { ...held, ...parts } : parts;
  }
  return values;
}

/**
 * What of the values a person lacks. Of fields with parts all that they are to hold, since Twenty empties parts of some
 * that are not sent.
 */
export function missingValues(row: PersonRow, values: PersonValues): PersonValues {
  const missing: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(values)) {
    const held = row[field];
    if (isParts(value) && isParts(held)) {
      const lacking = entriesOf(value).filter(([part]) => isEmpty(held[part]));
      const kept = entriesOf(held).filter(([, content]) => !isEmpty(content));
      if (lacking.length > 0) missing[field] = Object.fromEntries([...kept, ...lacking]);
    } else if (isEmpty(held)) {
      missing[field] = value;
    }
  }
  return missing;
}

function notToSet(path: string): ServiceError {
  return new ServiceError(
    TWENTY,
    `${TWENTY} could not save the person: the node sets the field "${path}". Remove it there; the address is entered ` +
      'as "Email", and the others are kept by Twenty.',
    false,
  );
}

function entriesOf(parts: Parts): Array<[string, unknown]> {
  return Object.entries(parts);
}

function isParts(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) && value.length === 0;
}
