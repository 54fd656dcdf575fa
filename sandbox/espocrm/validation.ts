import { emailFailure, emailsOf, hasEmail } from './email-addresses';
import { validationFailure } from './errors';
import { attributesOf, type FieldDefinition } from './fields';
import type { Input } from './input';
import { hasPhone, phoneFailure, phonesOf } from './phone-numbers';
import { nameOf } from './record-json';
import type { CrmRecord, Entity, EspoCrmState } from './state';

const MOST_ENUM_CHARACTERS = 255;
const NO_BAD_CHARACTERS = /^[^<>=]+$/;

/**
 * Checks a record before it is saved, field by field; throws the first failure. Of a record that exists, only the
 * fields that are written are checked, and those that are required.
 */
export function validate(
  state: EspoCrmState,
  entity: Entity,
  record: CrmRecord,
  input: Input,
  isNew: boolean,
): void {
  for (const [name, field] of Object.entries(state.fields[entity])) {
    const isWritten = isNew || attributesOf(name, field).some((attribute) => attribute in input);
    const failure =
      field.required && isEmpty(name, field, record, input)
        ? 'required'
        : isWritten && failureOf(name, field, record, input);
    if (failure) throw validationFailure(entity, name, failure);
  }
}

function isEmpty(name: string, { type }: FieldDefinition, record: CrmRecord, input: Input): boolean {
  if (type === 'bool') return false;
  if (type === 'personName') return nameOf(record) === null;
  if (type === 'email') {
    return hasEmail(input) ? emailsOf(input).length === 0 : record.emailAddresses.length === 0;
  }
  if (type === 'phone') {
    return hasPhone(input) ? phonesOf(input).length === 0 : record.phoneNumbers.length === 0;
  }
  return (record.attributes[type === 'link' ? `${name}Id` : name] ?? null) === null;
}

function failureOf(
  name: string,
  field: FieldDefinition,
  { attributes }: CrmRecord,
  input: Input,
): string | undefined {
  if (field.type === 'email') return emailFailure(input);
  if (field.type === 'phone') return phoneFailure(input);
  const value = attributes[name];
  if (value === undefined) return undefined;
  if (field.options) {
    const isListed = field.options.includes(value === null ? '' : String(value));
    if (!isListed) return 'valid';
  }
  if (typeof value !== 'string') return undefined;
  const most = field.type === 'enum' ? MOST_ENUM_CHARACTERS : field.maxLength;
  if (most !== undefined && [...value].length > most) return 'maxLength';
  return field.pattern && !NO_BAD_CHARACTERS.test(value) ? 'pattern' : undefined;
}
