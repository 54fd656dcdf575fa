import { z } from 'zod/v4';
import type { SandboxRequest } from '../double';
import { badRequest, internalError } from './errors';

/** What a client sends for a record: attributes by name. */
export type Input = Readonly<Record<string, unknown>>;

const inputSchema = z.record(z.string(), z.unknown());

/** The body of a request. One that is not declared as JSON counts as empty, as it does in EspoCRM. */
export function readInput({ headers, rawBody }: SandboxRequest): Input {
  const text = rawBody.toString('utf8');
  const contentType = (headers['content-type'] ?? '').split(';', 1)[0]?.toLowerCase();
  if (contentType !== 'application/json' || text === '') return {};
  const body = parseJson(text);
  if (Array.isArray(body)) return { list: body };
  const parsed = inputSchema.safeParse(body);
  if (!parsed.success) throw badRequest('Body is not a JSON object.');
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw internalError();
  }
}
