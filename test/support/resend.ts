import { RESEND_KEY } from '../../sandbox/identities';
import type { Answered } from './sandbox-under-test';

/** A mail that Resend's double takes. */
export const MAIL = {
  from: 'Lifecycle <hello@example.com>',
  to: 'Ada Lovelace <ada@example.com>',
  subject: 'Welcome',
  html: '<p>Hello Ada, see <a href="https://app.example.com/?a=1&amp;b=2">your project</a>.</p>',
  text: 'Hello Ada',
};

/** A call of the double at `url`, with the key for everything unless the headers say otherwise. */
export async function callResend(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${RESEND_KEY}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}
