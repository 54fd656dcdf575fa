import { z } from 'zod/v4';
import type { SandboxRequest } from '../double';
import { jsonBodyOf, parseForm } from './form';
import { snowflakeSchema } from './schemas';

const LONGEST_AGE_SECONDS = 604_800;
const MOST_USES = 100;
const MOST_ROLES = 250;
const DEFAULT_AGE_SECONDS = 86_400;

const requestSchema = z
  .object({
    max_age: z.int().min(0).max(LONGEST_AGE_SECONDS).nullish(),
    max_uses: z.int().min(0).max(MOST_USES).nullish(),
    temporary: z.boolean().nullish(),
    unique: z.boolean().nullish(),
    role_ids: z.array(snowflakeSchema).max(MOST_ROLES).nullish(),
    target_type: z.unknown(),
    target_user_id: z.unknown(),
    target_application_id: z.unknown(),
  })
  .transform((body) => ({
    maxAge: body.max_age ?? DEFAULT_AGE_SECONDS,
    maxUses: body.max_uses ?? 0,
    temporary: body.temporary ?? false,
    unique: body.unique ?? false,
    roleIds: [...new Set(body.role_ids)],
    hasTarget: [body.target_type, body.target_user_id, body.target_application_id].some(
      (target) => target !== undefined && target !== null,
    ),
  }));

export type InviteRequest = z.output<typeof requestSchema>;

/** Reads what an invite is to be like. Throws Discord's 400 for a body that is missing, no JSON or does not fit. */
export function readInviteRequest(request: SandboxRequest): InviteRequest {
  return parseForm(requestSchema, jsonBodyOf(request));
}
