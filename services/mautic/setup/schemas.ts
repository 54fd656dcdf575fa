import { z } from 'zod/v4';
import { choicesOf, flag, id, scaleOf } from '../schemas';

const published = z.unknown().transform((value) => value === undefined || flag.parse(value));

export const setupField = z
  .object({
    id,
    label: z.string(),
    alias: z.string(),
    type: z.string(),
    isPublished: published,
    properties: z.unknown().optional(),
  })
  .transform(({ properties, isPublished, ...field }) => ({
    ...field,
    published: isPublished,
    /** Values that a select field offers. */
    values: choicesOf(properties),
    /** Decimal places that a number field keeps. */
    decimals: scaleOf(properties),
  }));
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
