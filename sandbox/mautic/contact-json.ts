import { isEmpty, phpSerialize } from './php';
import type { Contact, ContactField, FieldValue } from './state';
import { FIELD_GROUPS } from './stock-fields';

/**
 * How values come out of Mautic. `list`: as the database driver gives them, booleans and numbers as text; `single`: one
 * contact loaded by id, booleans as 0 and 1.
 */
export type ValueShape = 'list' | 'single';

/** Values of a contact's fields by alias, as far as they are known. */
export type ShapedValues = Readonly<Record<string, string | number | boolean | null>>;

export function shapeValues(
  fields: readonly ContactField[],
  contact: Contact,
  shape: ValueShape,
): ShapedValues {
  return Object.fromEntries(
    fields.map(({ alias }) => {
      const value = contact.fields[alias];
      return [alias, value === undefined ? null : shapeValue(value, shape)];
    }),
  );
}

function shapeValue(value: FieldValue, shape: ValueShape): string | number {
  if (typeof value === 'string') return value;
  return shape === 'list' ? String(Number(value)) : Number(value);
}

/**
 * `fields` of a contact: by group and alias with a descriptor each.
 *
 * @param loaded whether the contact came from the database; the descriptors of one just created are smaller.
 */
export function fieldGroups(
  fields: readonly ContactField[],
  values: ShapedValues,
  loaded: boolean,
): Record<string, unknown> {
  return Object.fromEntries(
    FIELD_GROUPS.map((group) => {
      const members = fields.filter((field) => field.group === group);
      if (members.length === 0) return [group, []];
      const descriptors = members.map((field) => [
        field.alias,
        { ...descriptor(field, loaded), ...describeValue(field, values[field.alias] ?? null) },
      ]);
      return [group, Object.fromEntries(descriptors)];
    }),
  );
}

/** `fields.all`, which only the replies of the REST API have. */
export function flatFields(
  fields: readonly ContactField[],
  values: ShapedValues,
  id: number | null,
): Record<string, unknown> {
  const flat = fields.map((field) => {
    const value = values[field.alias] ?? null;
    if (field.alias === 'points') return [field.alias, Math.trunc(Number(value))];
    return [field.alias, field.type === 'number' ? toNumber(field, value) : value];
  });
  return { id, ...Object.fromEntries(flat) };
}

/** A contact as the API and the webhooks show it, around its `fields`. */
export function contactJson(
  contact: Contact,
  fields: Record<string, unknown>,
  id: number | null = contact.id,
): Record<string, unknown> {
  return {
    isPublished: true,
    dateAdded: contact.dateAdded,
    dateModified: contact.dateModified,
    createdBy: contact.createdByUser === null ? null : 1,
    createdByUser: contact.createdByUser,
    modifiedBy: contact.modifiedByUser === null ? null : 1,
    modifiedByUser: contact.modifiedByUser,
    ...minimalContactJson(contact, fields, id),
    lastActive: null,
    owner: null,
    ipAddresses: [],
    tags: contact.tags.map(({ id: tagId, tag }) => ({ id: tagId, tag, description: null })),
    utmtags: null,
    stage: null,
    dateIdentified: contact.dateIdentified,
    preferredProfileImage: 'gravatar',
    doNotContact: contact.doNotContact.map((entry) => ({
      id: entry.id,
      dateAdded: entry.dateAdded,
      reason: entry.reason,
      comments: entry.comments,
      channel: entry.channel,
      channelId: entry.channelId,
    })),
    frequencyRules: [],
  };
}

export function minimalContactJson(
  contact: Contact,
  fields: Record<string, unknown>,
  id: number | null = contact.id,
): Record<string, unknown> {
  return { id, points: Number(contact.fields.points ?? 0), color: null, fields };
}

function descriptor(field: ContactField, loaded: boolean): Record<string, unknown> {
  const { id, group, label, alias, type, properties } = field;
  if (!loaded)
    return { id, group, label, alias, type, properties: isEmpty(Object.keys(properties)) ? [] : properties };
  return {
    id: String(id),
    label,
    alias,
    type,
    group,
    object: 'lead',
    is_fixed: field.isFixed ? '1' : '0',
    properties: phpSerialize(properties),
    default_value: field.defaultValue,
  };
}

function describeValue(
  field: ContactField,
  value: string | number | boolean | null,
): { value: unknown; normalizedValue: unknown } {
  if (value === null) return { value, normalizedValue: '' };
  if (field.type === 'number') {
    const number = toNumber(field, value);
    return { value: number, normalizedValue: number };
  }
  if (field.type === 'boolean') {
    const label = Number(value) === 1 ? field.properties.yes : field.properties.no;
    return { value, normalizedValue: label ?? value };
  }
  return { value, normalizedValue: value };
}

/** Without a scale, decimals are lost. */
function toNumber(field: ContactField, value: string | number | boolean | null): number | null {
  if (value === null) return null;
  return isEmpty(field.properties.scale) ? Math.trunc(Number(value)) : Number(value);
}
