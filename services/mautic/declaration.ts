import { notPossible } from './api';
import {
  plannedMembership,
  type AudienceKind,
  type MembershipDeclaration,
  type PlannedMembership,
} from './audiences';
import type { ContactValues } from './contacts';
import { emailAddress } from './email-address';
import { fieldNamed } from './fields';
import { contactName, type ContactName } from './person-name';
import type { Audience, Contact, ContactField } from './schemas';
import { fieldValue, isBlank, isEmptyIn, sameValue, type FieldValue } from './values';

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
  /** Read the contact once more after a change, and compare. One that was created always is. */
  confirm: boolean;
  /** By alias, name or id; all others stay as they are. */
  segments?: ReadonlyArray<{ segment: string; member: boolean }>;
  /** By name or id; all others stay as they are. */
  campaigns?: ReadonlyArray<{ campaign: string; member: boolean }>;
}

/** What a declaration is checked against. */
export interface KnownNames {
  fields: ReadonlyMap<string, ContactField>;
  /** Segments and campaigns, or why they could not be read. */
  audiences: Readonly<Record<AudienceKind, readonly Audience[] | Error>>;
}

/** A declaration that has been checked against what Mautic has. */
export interface Plan extends Pick<ContactDeclaration, 'confirm'> {
  contact: ContactReference<string>;
  fields: ReadonlyArray<{ field: ContactField; value: FieldValue }>;
  name: ContactName | undefined;
  memberships: Readonly<Record<AudienceKind, readonly PlannedMembership[]>>;
}

/** The segments or campaigns that are declared, as one shape. */
export function declaredMemberships(
  { segments = [], campaigns = [] }: ContactDeclaration,
  kind: AudienceKind,
): MembershipDeclaration[] {
  return kind === 'segment'
    ? segments.map(({ segment, member }) => ({ audience: segment, member }))
    : campaigns.map(({ campaign, member }) => ({ audience: campaign, member }));
}

/**
 * Throws a `ServiceError`, not retryable, for an address, a name or a value that Mautic cannot work with, before anything
 * is written.
 */
export function planFor(declaration: ContactDeclaration, known: KnownNames): Plan {
  const { contact, confirm, whenEmpty, name } = declaration;
  const fields = declaration.fields.flatMap((declared, index) => {
    const { alias } = declared;
    if (declaration.fields.findIndex((other) => other.alias === alias) !== index) {
      throw notPossible(
        `set the contact field "${alias}": it is declared twice in the node. Remove one of the two`,
      );
    }
    if (alias === 'email' && 'email' in contact) {
      throw notPossible(
        'set the contact field "email": it is what the contact is found by. Remove it from the fields',
      );
    }
    const field = fieldNamed(known.fields, alias);
    if ('clear' in declared) return [{ field, value: fieldValue(field, null) }];
    const { value } = declared;
    if (isEmptyIn(field, value) && whenEmpty !== 'clear') {
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
    name: contactName(name),
    confirm,
    memberships: {
      segment: membershipsFor(declaration, 'segment', known),
      campaign: membershipsFor(declaration, 'campaign', known),
    },
  };
}

function membershipsFor(
  declaration: ContactDeclaration,
  kind: AudienceKind,
  { audiences }: KnownNames,
): PlannedMembership[] {
  const declared = declaredMemberships(declaration, kind);
  const known = audiences[kind];
  if (declared.length === 0) return [];
  if (known instanceof Error) throw known;
  const planned = declared.map((one) => plannedMembership(known, kind, one));
  const ids = planned.map(({ audience }) => audience.id);
  const twice = planned.find(({ audience }, index) => ids.indexOf(audience.id) !== index);
  if (twice) {
    throw notPossible(
      `meet the declaration for the ${kind} "${twice.audience.label}": it is declared twice in the node. Remove one of the two`,
    );
  }
  return planned;
}

/** The declared values that a contact does not hold; for one that does not exist yet, all of them. */
export function missingValues({ fields }: Plan, existing: Contact | undefined): ContactValues {
  const differing = fields.filter(
    ({ field, value }) => !sameValue(field, value, existing?.fields[field.alias]),
  );
  return Object.fromEntries(differing.map(({ field, value }) => [field.alias, value]));
}

/**
 * Fields that are to stay empty and have to be told so with any write: Mautic puts a field's default value into it when
 * the field is empty and not sent (`EntityFieldsBuildFormTrait`).
 */
export function keptEmpty({ fields }: Plan): ContactValues {
  const empty = fields.filter(({ field, value }) => field.hasDefault && isBlank(value));
  return Object.fromEntries(empty.map(({ field, value }) => [field.alias, value]));
}

/**
 * First and last name where there is none yet. A half that is there must fit, or a card holder's last name would be put
 * behind somebody else's first one.
 */
export function missingName({ name }: Plan, existing: Contact | undefined): ContactValues {
  if (!name) return {};
  const empty = Object.entries(name).filter(([alias]) => isBlank(existing?.fields[alias]));
  const fits = Object.entries(name).every(
    ([alias, part]) =>
      isBlank(existing?.fields[alias]) ||
      String(existing?.fields[alias]).trim().toLowerCase() === part.toLowerCase(),
  );
  return fits ? Object.fromEntries(empty.filter(([, part]) => part !== '')) : {};
}
