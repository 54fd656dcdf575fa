import { z } from 'zod/v4';
import { CHANNEL_TYPES, snowflakeSchema, type Overwrite } from './schemas';

const MOST_OVERWRITES = 100;
const LONGEST_TOPIC = 1024;

/** A set of rights; the documentation has it as text, a number works as well. */
const bitsSchema = z
  .union([z.string().regex(/^\d{1,20}$/), z.int().min(0)])
  .nullish()
  .transform((bits) => BigInt(bits ?? 0).toString());
const kindSchema = z.union([
  z.literal(0),
  z.literal(1),
  z.enum(['0', '1']).transform((text) => (text === '0' ? 0 : 1)),
]);

/** The body of `PUT /channels/{id}/permissions/{id}`. */
export const overwriteFieldsSchema = z.object({
  type: kindSchema,
  allow: bitsSchema,
  deny: bitsSchema,
});

const overwriteSchema = z.object({
  id: snowflakeSchema,
  type: kindSchema.nullish(),
  allow: bitsSchema,
  deny: bitsSchema,
});
export type OverwriteRequest = z.output<typeof overwriteSchema>;

const fields = {
  name: z.string().min(1).max(100),
  topic: z.string().max(LONGEST_TOPIC).nullish(),
  position: z.int().min(0).nullish(),
  parent_id: snowflakeSchema.nullish(),
  permission_overwrites: z.array(overwriteSchema).max(MOST_OVERWRITES).nullish(),
};

export const newChannelSchema = z.object({
  ...fields,
  type: z.enum(CHANNEL_TYPES).nullish(),
});
export const channelChangeSchema = z.object({ ...fields, name: fields.name.optional() });

export type NewChannelRequest = z.output<typeof newChannelSchema>;
export type ChannelChange = z.output<typeof channelChangeSchema>;

/** The name as Discord writes it: text channels have no capitals, blanks or punctuation in theirs. */
export function channelName(name: string, type: number): string {
  if (type !== CHANNEL_TYPES.text && type !== CHANNEL_TYPES.announcement) return name;
  const plain = name.trim().toLowerCase().replace(/\s+/g, '-');
  return plain.replace(/[!"#$%&'()*+,./:;<=>?@[\\\]^`{|}~]/g, '') || '-';
}

export function overwriteOf({ id, type, allow, deny }: OverwriteRequest, isRole: boolean): Overwrite {
  return { id, type: type ?? (isRole ? 0 : 1), allow, deny };
}
