import type { Tag } from './mail';

/** What Resend takes (resend.com/docs/api-reference/emails/send-email, …/templates, …/idempotency-keys). */
export const LIMITS = {
  batch: 100,
  recipients: 50,
  /** Bytes of all attachments of a mail, as Base64. */
  attachments: 40 * 1024 * 1024,
  daysAhead: 30,
  variables: 50,
  /** Characters of a variable's value. */
  variable: 2_000,
} as const;

const LONGEST_TAG = 256;

/** Whether it may be the name or the value of a tag. */
export function isTagText(text: string): boolean {
  return text.length <= LONGEST_TAG && /^[A-Za-z0-9_-]+$/.test(text);
}

/** A tag whose value is as near to the given one as Resend's alphabet for tags gets. */
export function tagOf(name: string, value: string): Tag {
  const safe = value.replace(/[^A-Za-z0-9_-]/gu, '_').slice(0, LONGEST_TAG);
  return { name, value: safe === '' ? '_' : safe };
}

/** Whether it may be the name of a template's variable. */
export function isVariableName(text: string): boolean {
  return /^[A-Za-z0-9_]{1,50}$/.test(text);
}
