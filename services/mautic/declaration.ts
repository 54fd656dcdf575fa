import { notPossible } from './api';
import type { ContactValues } from './contacts';
import { emailAddress } from './email-address';
import { fieldNamed } from './fields';
import { splitName } from './person-name';
import type { Contact, ContactField } from './schemas';
import { fieldValue, isBlank, sameValue, type FieldValue } from './values';

/** What to do with a field for which there is no value. */
export type WhenEmpty = 'stop' | 'leave' | 'clear';

/** What should hold for a contact. */
export interface ContactDeclaration {
  email: unknown;
  fields: ReadonlyArray<{ alias: string; value: unknown }>;
  whenEmpty: WhenEmpty;
  /** Full name, used only where the contact has none. */
  name?: string | null;
  createWhenMissing: boolean;
  /** Read the contact once more after a change, and compare. */
  confirm: boolean;
}

/** A declaration that has been checked against Mautic's fields. */
export interface Plan extends Pick<ContactDeclaration, 'createWhenMissing' | 'confirm'> {
  email: string;
  fields: ReadonlyArray<{ field: ContactField; value: FieldValue }>;
  name: ReturnType<typeof splitName>;
}

/** Throws a `ServiceError`, not retryable, for an address, an alias or a value that Mautic cannot work with. */
export function planFor(
  declaration: ContactDeclaration,
  knownFields: ReadonlyMap<string, ContactField>,
): Plan {
  const { createWhenMissing, confirm, whenEmpty, name } = declaration;
  const fields = declaration.fields.flatMap(({ alias, value }, index) => {
    if (declaration.fields.findIndex((other) => other.alias === alias) !== index) {
      throw notPossible(
        `set the contact field "${alias}": it is declared twice in the node. Remove one of the two`,
      );
    }
    const field = fieldNamed(knownFields, alias);
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
    email: emailAddress(declaration.email),
    fields,
    name: splitName(name),
    createWhenMissing,
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
