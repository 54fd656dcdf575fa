import { z } from 'zod/v4';
import type { SandboxRequest } from '../double';
import { invalidForm, invalidJson, type FormIssue } from './errors';

/** What a request's body is to fit. Throws Discord's 400, with all that is wrong, when it does not. */
export function parseForm<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (!parsed.success) throw invalidForm(formIssues(parsed.error.issues));
  return parsed.data;
}

/** What a request's query is to fit; a parameter that is given more than once counts as given last. */
export function parseQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: URLSearchParams,
): z.output<Schema> {
  return parseForm(schema, Object.fromEntries(query));
}

/** The body's JSON. Throws Discord's 400 for another type of content or what is no JSON. */
export function jsonBodyOf({ headers, rawBody }: SandboxRequest): unknown {
  if (mediaTypeOf(headers['content-type']) !== 'application/json')
    throw wrongContentType(['application/json']);
  return jsonOf(rawBody.toString('utf8'));
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}

export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

export function wrongContentType(expected: readonly string[]): Error {
  const list = expected.map((type) => `'${type}'`).join(', ');
  const message = `Expected "Content-Type" header to be one of {${list}}.`;
  return invalidForm([{ path: [], code: 'CONTENT_TYPE_INVALID', message }]);
}

/** For a schema's own checks: what is wrong in Discord's words. */
export function inWords(code: string, message: string): { message: string; params: { code: string } } {
  return { message, params: { code } };
}

/** A field that does not fit is missing to a schema's own checks: what they say of it is left out. */
function formIssues(issues: readonly z.core.$ZodIssue[], at: readonly PropertyKey[] = []): FormIssue[] {
  const isEcho = ({ code, path }: z.core.$ZodIssue): boolean =>
    code === 'custom' && issues.some((other) => other.code !== 'custom' && other.path.join() === path.join());
  return issues.filter((issue) => !isEcho(issue)).flatMap((issue) => toFormIssues(issue, at));
}

/** One of several shapes is wanted: what is wrong with the one that was meant, if that can be told. */
function toFormIssues(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): FormIssue[] {
  const path = [...at, ...issue.path];
  const [only, ...others] = issue.code === 'invalid_union' ? issue.errors.filter(isMeant) : [];
  if (only && others.length === 0) return formIssues(only, path);
  return [{ path: path.map(String), ...wordsFor(issue) }];
}

/** Shapes are told apart by their `type`. */
function isMeant(issues: readonly z.core.$ZodIssue[]): boolean {
  return !issues.some(({ path }) => path.length === 0 || (path.length === 1 && path[0] === 'type'));
}

function wordsFor(issue: z.core.$ZodIssue): { code: string; message: string } {
  switch (issue.code) {
    case 'custom': {
      const code: unknown = issue.params?.code;
      return { code: typeof code === 'string' ? code : 'BASE_TYPE_INVALID', message: issue.message };
    }
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? { code: 'BASE_TYPE_MIN_LENGTH', message: `Must be ${issue.minimum} or more in length.` }
        : {
            code: 'NUMBER_TYPE_MIN',
            message: `int value should be greater than or equal to ${issue.minimum}.`,
          };
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? { code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${issue.maximum} or fewer in length.` }
        : { code: 'NUMBER_TYPE_MAX', message: `int value should be less than or equal to ${issue.maximum}.` };
    case 'invalid_value':
    case 'invalid_union':
      return { code: 'BASE_TYPE_CHOICES', message: 'Value is not one of those that are possible here.' };
    case 'invalid_type':
      return wrongType(issue.expected, issue.input);
    case 'invalid_format':
      return wrongType(issue.format === 'url' ? 'url' : 'snowflake', issue.input);
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return { code: 'BASE_TYPE_INVALID', message: issue.message };
  }
}

function wrongType(expected: string, input: unknown): { code: string; message: string } {
  if (input === undefined) return { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };
  const given = JSON.stringify(input);
  switch (expected) {
    case 'boolean':
      return { code: 'BOOLEAN_TYPE_CONVERT', message: 'Must be either true or false.' };
    case 'array':
      return { code: 'LIST_TYPE_CONVERT', message: 'Only iterables may be used in a ListType.' };
    case 'object':
      return { code: 'MODEL_TYPE_CONVERT', message: 'Only dictionaries may be used in a ModelType.' };
    case 'string':
      return { code: 'STRING_TYPE_CONVERT', message: `Could not interpret ${given} as string.` };
    case 'url':
      return { code: 'URL_TYPE_INVALID_URL', message: 'Not a well formed URL.' };
    case 'snowflake':
      return { code: 'NUMBER_TYPE_COERCE', message: `Value ${given} is not snowflake.` };
    default:
      return { code: 'NUMBER_TYPE_COERCE', message: `Value ${given} is not int.` };
  }
}
