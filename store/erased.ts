import { createHash } from 'node:crypto';
import { storableText } from './storable';

/** Takes the place of the payload of an event about somebody who was erased. */
export const ERASED_PAYLOAD = { erased: true } as const;

/** As `source:type`: what providers tell of a person because they were deleted there, as they are after an erasure here. */
export const FAREWELLS = ['mautic:mautic.lead_post_delete', 'stripe:customer.deleted'] as const;

/** Takes the place of an event's id that names a person. {@link ERASED_ID} is the same in SQL. */
export function erasedId(externalId: string): string {
  return `erased:${createHash('sha256').update(storableText(externalId)).digest('hex')}`;
}

/** {@link erasedId} of the column `external_id`. */
export const ERASED_ID = `'erased:' || encode(sha256(convert_to(external_id, 'UTF8')), 'hex')`;
