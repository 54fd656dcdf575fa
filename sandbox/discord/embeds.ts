import { z } from 'zod/v4';
import type { Json } from '../double';
import { plain } from './components';
import { inWords } from './form';

const MOST_CHARACTERS = 6000;
const text = (most: number) => z.string().max(most).nullish();
const address = z.url().max(2048).nullish();
const imageSchema = z.object({ url: address }).nullish();

const embedSchema = z.object({
  title: text(256),
  description: text(4096),
  url: address,
  color: z.int().min(0).max(0xffffff).nullish(),
  timestamp: z.iso.datetime({ offset: true }).nullish(),
  author: z.object({ name: z.string().max(256), url: address, icon_url: address }).nullish(),
  footer: z.object({ text: z.string().max(2048), icon_url: address }).nullish(),
  image: imageSchema,
  thumbnail: imageSchema,
  fields: z
    .array(
      z.object({
        name: z.string().min(1).max(256),
        value: z.string().min(1).max(1024),
        inline: z.boolean().nullish(),
      }),
    )
    .max(25)
    .nullish(),
});
export type Embed = z.output<typeof embedSchema>;

/** Boxes below a message, by Discord's documented limits. */
export const embedsSchema = z
  .array(embedSchema)
  .max(10)
  .superRefine((embeds, context) => {
    if (embeds.reduce((sum, embed) => sum + lengthOf(embed), 0) <= MOST_CHARACTERS) return;
    const message = `Embed size exceeds maximum size of ${MOST_CHARACTERS}`;
    context.addIssue({ code: 'custom', path: [], ...inWords('MAX_EMBED_SIZE_EXCEEDED', message) });
  });

/** As the API shows them. */
export function shownEmbeds(embeds: readonly Embed[]): Json[] {
  return embeds.map((embed) =>
    plain({
      type: 'rich',
      ...embed,
      fields: embed.fields?.map((field) => ({ ...field, inline: field.inline ?? false })),
    }),
  );
}

function lengthOf({ title, description, fields, author, footer }: Embed): number {
  const texts = [title, description, author?.name, footer?.text];
  const all = [...texts, ...(fields ?? []).flatMap(({ name, value }) => [name, value])];
  return all.reduce((sum, each) => sum + (each?.length ?? 0), 0);
}
