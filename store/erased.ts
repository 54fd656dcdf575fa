import { createHash } from 'node:crypto';
import type { NewEvent } from './events';
import { groupKeyOf } from './group-key';
import { storableText } from './storable';

/** Takes the place of the payload of an event about somebody who was erased. */
export const ERASED_PAYLOAD = { erased: true } as const;

/** As `source:type`: what providers tell of a person because they were deleted there, as they are after an erasure here. */
export const FAREWELLS = ['mautic:mautic.lead_post_delete', 'stripe:customer.deleted'] as const;

/** Whoever has bounced or complained is not to be written to again, erased or not: that is still worked on. */
const ABOUT_THE_ADDRESS: ReadonlySet<string> = new Set([
  'email.bounced',
  'email.complained',
  'email.suppressed',
]);

/**
 * The key by which a report of a mail is known to be about somebody who was erased, however long after it the mail was
 * opened. `undefined` for what is no such report.
 */
export function mailKeyOf({
  source,
  type,
  payload,
}: Pick<NewEvent, 'source' | 'type' | 'payload'>): string | undefined {
  if (source !== 'resend' || ABOUT_THE_ADDRESS.has(type)) return undefined;
  const { data } = payload;
  const id = typeof data === 'object' && data !== null && 'email_id' in data ? data.email_id : undefined;
  return typeof id === 'string' ? groupKeyOf('object', id) : undefined;
}

/** Takes the place of an event's id that names a person. {@link ERASED_ID} is the same in SQL. */
export function erasedId(externalId: string): string {
  return `erased:${createHash('sha256').update(storableText(externalId)).digest('hex')}`;
}

/** {@link erasedId} of the column `external_id`. */
export const ERASED_ID = `'erased:' || encode(sha256(convert_to(external_id, 'UTF8')), 'hex')`;
