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

export const channels = z
  .array(z.object({ id, type: z.number(), name: z.string().nullish(), parent_id: id.nullish() }))
  .nullable();

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
});
export type ApplicationEntity = z.output<typeof application>;
