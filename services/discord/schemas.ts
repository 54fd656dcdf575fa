import { z } from 'zod/v4';

/** A snowflake: a number too large for JavaScript's. */
const id = z.string().regex(/^\d+$/);

/** Body of a 429. */
export const rateLimited = z.object({
  /** Seconds, with a fraction. */
  retry_after: z.number().min(0),
  global: z.boolean().default(false),
});

/** Body of any other refusal. `errors` is a tree that ends in lists named `_errors`. */
export const failure = z.object({
  code: z.number().default(0),
  message: z.string(),
  errors: z.unknown().optional(),
});

/** At the end of the tree `errors`; its code is a text there, such as `BASE_TYPE_REQUIRED`. */
export const fieldError = z.object({ message: z.string() });

export const channel = z.object({
  id,
  type: z.number(),
  name: z.string().nullish(),
  parent_id: id.nullish(),
  topic: z.string().nullish(),
  last_message_id: id.nullish(),
  permission_overwrites: z
    .array(z.object({ id, type: z.number(), allow: z.string(), deny: z.string() }))
    .nullish(),
});
export const channels = z.array(channel).nullable();
export type ChannelEntity = z.output<typeof channel>;

export const roles = z.array(
  z.object({ id, name: z.string(), position: z.number(), managed: z.boolean().default(false) }),
);

export const user = z.object({ id });

export const invite = z.object({
  code: z.string(),
  /** Null: never. */
  expires_at: z.iso.datetime({ offset: true }).nullish(),
  inviter: user.nullish(),
  guild: z.object({ id }).nullish(),
  roles: z.array(z.object({ id })).nullish(),
  max_age: z.number().nullish(),
  max_uses: z.number().nullish(),
  uses: z.number().nullish(),
  created_at: z.iso.datetime({ offset: true }).nullish(),
});

export const inviteList = z.array(invite.nullable()).nullable();
export type InviteEntity = z.output<typeof invite>;

export const application = z.object({
  id,
  verify_key: z.string().regex(/^[\da-f]{64}$/i),
  interactions_endpoint_url: z.string().nullish(),
  flags: z.number().nullish(),
});
export type ApplicationEntity = z.output<typeof application>;

export const person = z.object({
  id,
  username: z.string(),
  global_name: z.string().nullish(),
  bot: z.boolean().nullish(),
});
export type PersonEntity = z.output<typeof person>;

export const member = z.object({ user: person, nick: z.string().nullish(), roles: z.array(id) });
export const members = z.array(member);
export type MemberEntity = z.output<typeof member>;

const text = z.string().nullish();

/** An action row holds components itself; what they are called is all that matters here. */
const component: z.ZodType<ComponentEntity> = z.lazy(() =>
  z.object({ custom_id: text, components: z.array(component).nullish() }),
);
export interface ComponentEntity {
  custom_id?: string | null | undefined;
  components?: ComponentEntity[] | null | undefined;
}

export const message = z.object({
  id,
  channel_id: id,
  type: z.number().default(0),
  content: z.string().default(''),
  author: person,
  timestamp: z.iso.datetime({ offset: true }),
  edited_timestamp: z.iso.datetime({ offset: true }).nullish(),
  attachments: z
    .array(z.object({ id, filename: z.string(), size: z.number(), url: z.string(), content_type: text }))
    .default([]),
  embeds: z
    .array(
      z.object({
        title: text,
        description: text,
        url: text,
        author: z.object({ name: text }).nullish(),
        fields: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
        footer: z.object({ text: z.string() }).nullish(),
      }),
    )
    .default([]),
  components: z.array(component).nullish(),
  mentions: z.array(person).default([]),
  sticker_items: z.array(z.object({ name: z.string() })).nullish(),
  poll: z
    .object({
      question: z.object({ text }),
      answers: z.array(z.object({ poll_media: z.object({ text }) })),
    })
    .nullish(),
  message_reference: z.object({ message_id: id.nullish() }).nullish(),
});
export const messages = z.array(message);
export type MessageEntity = z.output<typeof message>;

export const direct = z.object({ id });
