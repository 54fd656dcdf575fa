import { z } from 'zod/v4';
import type { HttpResponse } from '../http';

/** `messages` as a rule; some answers, and older servers' 401, have `message`. */
const envelope = z.object({
  error: z.string().optional().catch(undefined),
  message: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  messages: z.array(z.string()).optional().catch(undefined),
});

/** Names of exceptions that an input can cause. */
const ABOUT_INPUT = /bad.?(user.?)?(request|input)|user.?input|validation|query.?failed|invalid/i;
/** What a database in trouble says, which is told like an input that it refuses. */
const TROUBLE = /time(d )?.?out|connection|terminat|deadlock|too many clients/i;

/** What Twenty says about a failure. */
export function describe(body: unknown): string | undefined {
  const { message, messages } = envelope.safeParse(body).data ?? {};
  return [messages ?? message ?? []].flat().join('; ') || undefined;
}

/**
 * Whether a 400 may end by itself: Twenty answers it to everything that it did not foresee, so only one that names an
 * exception about the input is proof of a bad one.
 */
export function mayHeal({ status, body }: HttpResponse): boolean {
  if (status !== 400) return false;
  const { error = '' } = envelope.safeParse(body).data ?? {};
  return !ABOUT_INPUT.test(error) || TROUBLE.test(describe(body) ?? '');
}
