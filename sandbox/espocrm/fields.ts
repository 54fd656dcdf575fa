import { z } from 'zod/v4';

const FIELD_TYPES = [
  'personName',
  'varchar',
  'text',
  'url',
  'enum',
  'bool',
  'currency',
  'currencyConverted',
  'datetime',
  'email',
  'phone',
  'link',
  'linkMultiple',
] as const;

/** A field as `/Metadata` describes it. */
export const fieldSchema = z.strictObject({
  type: z.enum(FIELD_TYPES),
  required: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  maxLength: z.int().optional(),
  /** Name of a pattern, with a dollar sign before it. */
  pattern: z.literal('$noBadCharacters').optional(),
  /** The empty text stands for no value. */
  options: z.array(z.string()).optional(),
  default: z.string().optional(),
  /** Statuses that a lead of the filter `actual` must not have. */
  notActualOptions: z.array(z.string()).optional(),
});

export type FieldDefinition = z.infer<typeof fieldSchema>;
/** By name, in the order in which EspoCRM validates them. */
export type FieldDefinitions = Record<string, FieldDefinition>;

/** What the names of a field's attributes end in; those of the other types are the field's own name. */
const SUFFIXES: Partial<Record<FieldDefinition['type'], readonly string[]>> = {
  link: ['Id', 'Name'],
  linkMultiple: ['Ids', 'Names'],
  currency: ['', 'Currency'],
  email: ['', 'Data', 'IsOptedOut', 'IsInvalid'],
  phone: ['', 'Data', 'IsOptedOut', 'IsInvalid'],
};

/** Attributes of a field: what a record's JSON and a search call it. */
export function attributesOf(name: string, { type }: FieldDefinition): string[] {
  return (SUFFIXES[type] ?? ['']).map((suffix) => `${name}${suffix}`);
}

/** Attributes that a client may write as they are; names of linked records and composed names are not among them. */
export function writableAttributesOf(name: string, definition: FieldDefinition): string[] {
  const { type, readOnly = false } = definition;
  if (readOnly || ['personName', 'email', 'phone'].includes(type)) return [];
  const attributes = attributesOf(name, definition);
  return type === 'link' || type === 'linkMultiple' ? attributes.slice(0, 1) : attributes;
}
