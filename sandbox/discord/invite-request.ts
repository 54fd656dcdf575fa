import { z } from 'zod/v4';
import type { SandboxRequest } from '../double';
import { invalidForm, invalidJson, type FormIssue } from './errors';
import { snowflakeSchema } from './state';

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
export function readInviteRequest({ headers, rawBody }: SandboxRequest): InviteRequest {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim();
  if (type !== 'application/json') {
    const message = 'Expected "Content-Type" header to be one of {\'application/json\'}.';
    throw invalidForm([{ path: [], code: 'CONTENT_TYPE_INVALID', message }]);
  }
  const parsed = requestSchema.safeParse(jsonOf(rawBody.toString('utf8')), { reportInput: true });
  if (!parsed.success) throw invalidForm(parsed.error.issues.map(toFormIssue));
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}

function toFormIssue(issue: z.core.$ZodIssue): FormIssue {
  return { path: issue.path.map(String), ...wordsFor(issue) };
}

function wordsFor(issue: z.core.$ZodIssue): { code: string; message: string } {
  if (issue.code === 'too_small') {
    const message = `int value should be greater than or equal to ${issue.minimum}.`;
    return { code: 'NUMBER_TYPE_MIN', message };
  }
  if (issue.code === 'too_big' && issue.origin === 'array') {
    return { code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${issue.maximum} or fewer in length.` };
  }
  if (issue.code === 'too_big') {
    return {
      code: 'NUMBER_TYPE_MAX',
      message: `int value should be less than or equal to ${issue.maximum}.`,
    };
  }
  return wrongType(issue.code === 'invalid_type' ? issue.expected : 'string', JSON.stringify(issue.input));
}

function wrongType(expected: string, given: string): { code: string; message: string } {
  switch (expected) {
    case 'boolean':
      return { code: 'BOOLEAN_TYPE_CONVERT', message: 'Must be either true or false.' };
    case 'array':
      return { code: 'LIST_TYPE_CONVERT', message: 'Only iterables may be used in a ListType.' };
    case 'object':
      return { code: 'MODEL_TYPE_CONVERT', message: 'Only dictionaries may be used in a ModelType.' };
    case 'string':
      return { code: 'NUMBER_TYPE_COERCE', message: `Value ${given} is not snowflake.` };
    default:
      return { code: 'NUMBER_TYPE_COERCE', message: `Value ${given} is not int.` };
  }
}
