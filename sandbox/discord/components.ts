import { z } from 'zod/v4';
import type { Json } from '../double';
import { COMPONENT } from './component-types';
import { inWords } from './form';
import { snowflakeSchema } from './schemas';

const MOST_ROWS = 5;
const MOST_BUTTONS = 5;
const MOST_OPTIONS = 25;
const LINK_STYLE = 5;

export const customIdSchema = z.string().min(1).max(100);
const emojiSchema = z.object({ id: snowflakeSchema.nullish(), name: z.string().max(32) });
const flag = z.boolean().nullish();

const buttonSchema = z
  .object({
    type: z.literal(COMPONENT.button),
    style: z.int().min(1).max(LINK_STYLE),
    label: z.string().max(80).nullish(),
    custom_id: customIdSchema.nullish(),
    url: z.url().max(512).nullish(),
    emoji: emojiSchema.nullish(),
    disabled: flag,
  })
  .superRefine(({ style, label, custom_id: customId, url, emoji }, context) => {
    const isLink = style === LINK_STYLE;
    const say = (path: string, code: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], ...inWords(code, message) });
    if (!label && !emoji) say('label', 'BASE_TYPE_REQUIRED', 'A label or an emoji is required');
    if (isLink && !url) say('url', 'BUTTON_COMPONENT_URL_REQUIRED', 'A url is required');
    if (!isLink && !customId)
      say('custom_id', 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
    if (customId && url) {
      say(
        'custom_id',
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
    }
  });

const selectFields = {
  custom_id: customIdSchema,
  placeholder: z.string().max(150).nullish(),
  min_values: z.int().min(0).max(MOST_OPTIONS).nullish(),
  max_values: z.int().min(1).max(MOST_OPTIONS).nullish(),
  disabled: flag,
  required: flag,
};

const optionSchema = z.object({
  label: z.string().min(1).max(100),
  value: z.string().min(1).max(100),
  description: z.string().max(100).nullish(),
  emoji: emojiSchema.nullish(),
  default: flag,
});

export const stringSelectSchema = z
  .object({
    type: z.literal(COMPONENT.stringSelect),
    ...selectFields,
    options: z.array(optionSchema).min(1).max(MOST_OPTIONS),
  })
  .superRefine(({ options, min_values: least, max_values: most }, context) => {
    options.forEach(({ value }, index) => {
      if (options.findIndex((other) => other.value === value) === index) return;
      const words = inWords(
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      );
      context.addIssue({ code: 'custom', path: ['options', index, 'value'], ...words });
    });
    if ((most ?? 1) > options.length || (least ?? 1) > options.length) {
      const words = inWords(
        'SELECT_COMPONENT_MAX_VALUES',
        'There are fewer options than values to be chosen',
      );
      context.addIssue({ code: 'custom', path: ['max_values'], ...words });
    }
  });

export const entitySelectSchema = z.object({
  type: z.union([
    z.literal(COMPONENT.userSelect),
    z.literal(COMPONENT.roleSelect),
    z.literal(COMPONENT.mentionableSelect),
    z.literal(COMPONENT.channelSelect),
  ]),
  ...selectFields,
});

const childSchema = z.union([buttonSchema, stringSelectSchema, entitySelectSchema]);

const rowSchema = z
  .object({ type: z.literal(COMPONENT.actionRow), components: z.array(childSchema).min(1).max(MOST_BUTTONS) })
  .superRefine(({ components }, context) => {
    if (components.length === 1 || components.every(({ type }) => type === COMPONENT.button)) return;
    const words = inWords(
      'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
      'The specified component exceeds the maximum width',
    );
    context.addIssue({ code: 'custom', path: ['components', 1], ...words });
  });

/** Rows of buttons and selects below a message, by Discord's documented limits. */
export const rowsSchema = z
  .array(rowSchema)
  .max(MOST_ROWS)
  .superRefine((rows, context) => {
    const seen = new Set<string>();
    rows.forEach(({ components }, row) =>
      components.forEach(({ custom_id: customId }, column) => {
        if (!customId) return;
        if (seen.has(customId)) {
          const words = inWords('COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
          context.addIssue({ code: 'custom', path: [row, 'components', column, 'custom_id'], ...words });
        }
        seen.add(customId);
      }),
    );
  });

export type Row = z.output<typeof rowSchema>;
export type Child = z.output<typeof childSchema>;

/** The rows as the API shows them: numbered, nothing that is null, selects with how many can be chosen. */
export function shownRows(rows: readonly Row[]): Json[] {
  let id = 0;
  return rows.map((row) => ({
    type: row.type,
    id: (id += 1),
    components: row.components.map((child) =>
      plain({
        ...child,
        id: (id += 1),
        ...(child.type !== COMPONENT.button && {
          min_values: child.min_values ?? 1,
          max_values: child.max_values ?? 1,
          required: undefined,
        }),
      }),
    ),
  }));
}

/** The rows of a stored message. */
export function rowsOf(components: readonly Json[]): Row[] {
  return rowsSchema.parse(components);
}

/** As JSON, without the fields that are null or not there. */
export function plain(value: unknown): Json {
  const text = JSON.stringify(value, (_, field: unknown) => (field === null ? undefined : field));
  return z.json().parse(JSON.parse(text));
}
