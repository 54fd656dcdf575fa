import { notPossible } from './api';
import type { ContactValues } from './contacts';
import { emailAddress } from './email-address';
import { fieldNamed } from './fields';
import { splitName } from './person-name';
import type { Contact, ContactField } from './schemas';
import { fieldValue, isBlank, sameValue, type FieldValue } from './values';

/** What to do with a field for which there is no value. */
export type WhenEmpty = 'stop' | 'leave' | 'clear';

/** Which contact is meant: the newest one of an address, or the one of an id, which is never created. */
export type ContactReference<Email = unknown> = { email: Email; createWhenMissing: boolean } | { id: number };

/** What a field is to hold; `clear`: nothing, whatever `whenEmpty` says. */
export type FieldDeclaration = { alias: string; value: unknown } | { alias: string; clear: true };

/** What should hold for a contact. */
export interface ContactDeclaration {
  contact: ContactReference;
  fields: readonly FieldDeclaration[];
  whenEmpty: WhenEmpty;
  /** Full name, used only where the contact has none. */
  name?: string | null;
  /** Read the contact once more after a change, and compare. */
  confirm: boolean;
}

/** A declaration that has been checked against Mautic's fields. */
export interface Plan extends Pick<ContactDeclaration, 'confirm'> {
  contact: ContactReference<string>;
  fields: ReadonlyArray<{ field: ContactField; value: FieldValue }>;
  name: ReturnType<typeof splitName>;
}

/** Throws a `ServiceError`, not retryable, for an address, an alias or a value that Mautic cannot work with. */
export function planFor(
  declaration: ContactDeclaration,
  knownFields: ReadonlyMap<string, ContactField>,
): Plan {
  const { contact, confirm, whenEmpty, name } = declaration;
  const fields = declaration.fields.flatMap((declared, index) => {
    const { alias } = declared;
    if (declaration.fields.findIndex((other) => other.alias === alias) !== index) {
      throw notPossible(
        `set the contact field "${alias}": it is declared twice in the node. Remove one of the two`,
      );
    }
    const field = fieldNamed(knownFields, alias);
    if ('clear' in declared) return [{ field, value: fieldValue(field, null) }];
    const { value } = declared;
    if (isBlank(value) && whenEmpty !== 'clear') {
      if (whenEmpty === 'leave') return [];
      throw notPossible(
        `set the contact field "${alias}": there is no value for it on the item. ` +
          'Check the expression in the node, or choose there what is to happen when a value is empty',
      );
    }
    return [{ field, value: fieldValue(field, value) }];
  });
  return {
    contact: 'id' in contact ? contact : { ...contact, email: emailAddress(contact.email) },
    fields,
    name: splitName(name),
    confirm,
  };
}

/** What has to be written so that the plan holds: nothing that already does. */
export function missingValues(plan: Plan, existing: Contact | undefined): ContactValues {
  const differing = plan.fields.filter(
    ({ field, value }) => !sameValue(field, value, existing?.fields[field.alias]),
  );
  return {
    ...missingName(plan, existing),
    ...Object.fromEntries(differing.map(({ field, value }) => [field.alias, value])),
  };
}

/** The declared fields that a contact does not hold as declared. */
export function unmetFields({ fields }: Plan, one: Contact): string[] {
  return fields
    .filter(({ field, value }) => !sameValue(field, value, one.fields[field.alias]))
    .map(({ field }) => field.alias);
}

/**
 * First and last name where there is none yet. A half that is there must fit, or a card holder's last name would be put
 * behind somebody else's first one.
 */
function missingName({ name }: Plan, existing: Contact | undefined): ContactValues {
  if (!name) return {};
  const empty = Object.entries(name).filter(([alias]) => isBlank(existing?.fields[alias]));
  const fits = Object.entries(name).every(
    ([alias, part]) =>
      isBlank(existing?.fields[alias]) ||
      String(existing?.fields[alias]).trim().toLowerCase() === part.toLowerCase(),
  );
  return fits ? Object.fromEntries(empty.filter(([, part]) => part !== '')) : {};
}
