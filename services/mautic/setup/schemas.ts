import { z } from 'zod/v4';
import { flag, id } from '../schemas';

const published = z.unknown().transform((value) => value === undefined || flag.parse(value));

const textList = z
  .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
  .transform((entries) => Object.values(entries).flatMap((entry) => optionValue(entry) ?? []));

/** Mautic keeps an option as a value with its label, and very old ones as plain text. */
function optionValue(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  const parsed = z.object({ value: z.coerce.string() }).safeParse(entry);
  return parsed.success ? parsed.data.value : undefined;
}

export const setupField = z
  .object({
    id,
    label: z.string(),
    alias: z.string(),
    type: z.string(),
    isPublished: published,
    properties: z.unknown().optional(),
  })
  .transform(({ properties, isPublished, ...field }) => {
    const parsed = z
      .object({
        list: textList.optional().catch(undefined),
        scale: z.coerce.number().optional().catch(undefined),
      })
      .safeParse(properties);
    return {
      ...field,
      published: isPublished,
      /** Values that a select field offers. */
      values: parsed.data?.list ?? [],
      /** Decimal places that a number field keeps. */
      decimals: parsed.data?.scale ?? 0,
    };
  });
export type SetupField = z.output<typeof setupField>;
export const oneField = z.object({ field: setupField });

export const setupSegment = z
  .object({ id, name: z.string(), alias: z.string(), isPublished: published })
  .transform(({ isPublished, ...segment }) => ({ ...segment, published: isPublished }));
export type SetupSegment = z.output<typeof setupSegment>;
export const oneSegment = z.object({ list: setupSegment });

export const named = z.object({ id, name: z.string() });

/** `emailType` is `template` or `list`, which is an e-mail to segments. */
export const oneEmail = z.object({
  email: z
    .object({ id, name: z.string(), emailType: z.string().optional(), isPublished: published })
    .transform(({ isPublished, ...email }) => ({ ...email, published: isPublished })),
});

const campaignEvent = z.object({
  type: z.string(),
  properties: z.object({ email: id.optional().catch(undefined) }).catch({}),
});

export const oneCampaign = z.object({
  campaign: z
    .object({
      id,
      name: z.string(),
      isPublished: published,
      events: z.union([z.array(campaignEvent), z.record(z.string(), campaignEvent)]).default([]),
    })
    .transform(({ isPublished, events, ...campaign }) => ({
      ...campaign,
      published: isPublished,
      /** Ids of the e-mails that its events send. */
      emailIds: Object.values(events).flatMap(({ type, properties }) =>
        type === 'email.send' && properties.email !== undefined ? [properties.email] : [],
      ),
    })),
});
