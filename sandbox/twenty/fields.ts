import { z } from 'zod/v4';
import type { Json } from '../double';

export const fieldSchema = z.strictObject({
  id: z.uuid(),
  /** As the API names it, in camel case. */
  name: z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'has to be in camel case'),
  label: z.string(),
  type: z.string(),
  isCustom: z.boolean(),
  /** Kept by Twenty itself. */
  isSystem: z.boolean(),
  /** What a SELECT takes. */
  options: z
    .array(z.strictObject({ value: z.string().regex(/^[A-Z][A-Z0-9_]*$/), label: z.string() }))
    .optional(),
  relation: z.strictObject({ type: z.string() }).optional(),
});

export type Field = z.infer<typeof fieldSchema>;

/** Parts of the types that have some, with what each is when nothing was written. */
const PARTS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  FULL_NAME: { firstName: '', lastName: '' },
  EMAILS: { primaryEmail: '', additionalEmails: null },
  PHONES: {
    primaryPhoneNumber: '',
    primaryPhoneCountryCode: '',
    primaryPhoneCallingCode: '',
    additionalPhones: null,
  },
  LINKS: { primaryLinkLabel: '', primaryLinkUrl: '', secondaryLinks: null },
  ACTOR: { source: 'API', workspaceMemberId: null, name: '' },
};

/** What a field holds when nothing was written. */
export function emptyValue({ type }: Field): Json {
  return PARTS[type] ? { ...PARTS[type] } : type === 'TEXT' ? '' : null;
}

export function partsOf({ type }: Field): string[] {
  return Object.keys(PARTS[type] ?? {});
}

/** The key under which a field stands in a record: a relation shows as the id of what it leads to. */
export function keyOf({ name, relation }: Field): string | undefined {
  if (!relation) return name;
  return relation.type === 'MANY_TO_ONE' ? `${name}Id` : undefined;
}

const uuid = z.uuid();

/** What is wrong with a value for a field; `undefined` when nothing is. `null` empties any field. */
export function problemOf(field: Field, value: unknown): string | undefined {
  if (value === null) return undefined;
  const { name, type, options } = field;
  const parts = partsOf(field);
  if (parts.length > 0) {
    if (typeof value !== 'object' || Array.isArray(value)) {
      return `Invalid object value '${String(value)}' for field "${name}"`;
    }
    const unknown = Object.keys(value).find((part) => !parts.includes(part));
    return unknown === undefined ? undefined : `Invalid subfield ${unknown} for field "${name}"`;
  }
  switch (type) {
    case 'TEXT':
      return typeof value === 'string'
        ? undefined
        : `Invalid string value '${String(value)}' for field "${name}"`;
    case 'NUMBER':
      return typeof value === 'number'
        ? undefined
        : `Invalid number value '${String(value)}' for field "${name}"`;
    case 'BOOLEAN':
      return typeof value === 'boolean'
        ? undefined
        : `Invalid boolean value '${String(value)}' for field "${name}"`;
    case 'DATE_TIME':
      return Number.isNaN(Date.parse(String(value)))
        ? `Invalid date value '${String(value)}' for field "${name}"`
        : undefined;
    case 'SELECT':
      return options?.some((option) => option.value === value)
        ? undefined
        : `Invalid value "${String(value)}" for field "${name}"`;
    case 'UUID':
    case 'RELATION':
      return uuid.safeParse(value).success
        ? undefined
        : `Invalid UUID value '${String(value)}' for field "${name}"`;
    default:
      return undefined;
  }
}
