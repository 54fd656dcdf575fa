import { z } from 'zod/v4';
import type { Json, SandboxRequest } from '../double';
import { badRequest, WindmillError } from './errors';

const objectSchema = z.record(z.string(), z.json());

/**
 * The arguments that a webhook call hands to its script: the properties of the JSON object or form that is sent, and what
 * `wrap_body`, `raw`, `include_header` and `include_query` ask for. Throws 400 for a body that is no JSON, 415 for other
 * types.
 */
export function argumentsIn(request: SandboxRequest): Record<string, Json> {
  const { headers, query, rawBody } = request;
  const text = rawBody.toString('utf8');
  const included = (name: string): string[] =>
    (query.get(name) ?? '').split(',').flatMap((part) => part.trim() || []);
  const fromHeaders = included('include_header').map((name): [string, Json] => [
    name.toLowerCase().replaceAll('-', '_'),
    String(headers[name.toLowerCase()] ?? ''),
  ]);
  const fromQuery = included('include_query').map((name): [string, Json] => [name, query.get(name)]);
  return {
    ...argumentsInBody(
      text,
      headers['content-type'] ?? 'application/json',
      query.get('wrap_body') === 'true',
    ),
    ...(query.get('raw') === 'true' && { raw_string: text }),
    ...Object.fromEntries([...fromHeaders, ...fromQuery]),
  };
}

function argumentsInBody(text: string, contentType: string, wrap: boolean): Record<string, Json> {
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  if (!contentType.startsWith('application/json')) throw new WindmillError(415, '');
  if (text === '') return {};
  const sent = parseJson(text);
  const object = objectSchema.safeParse(sent);
  return object.success && !wrap ? object.data : { body: sent };
}

function parseJson(text: string): Json {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    throw badRequest('invalid json: expected value at line 1 column 1');
  }
}
