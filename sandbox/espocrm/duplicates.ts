import { collationKey } from '../collation';
import type { CrmRecord, Entity, EspoCrmState } from './state';

const MOST_DUPLICATES = 5;

/**
 * The first five records of the same entity that have the new one's name (first and last) or one of its e-mail
 * addresses. Those that the user may not read are not seen, so they do not keep anybody from making a second one.
 */
export function findDuplicates(
  state: EspoCrmState,
  entity: Entity,
  draft: CrmRecord,
  emails: readonly string[],
): CrmRecord[] {
  const keys = emails.map((email) => email.toLowerCase());
  const name = nameKey(draft);
  const isNamed = name.some((part) => part !== null);
  return state
    .all(entity)
    .filter(
      (record) =>
        state.isReadable(record) &&
        ((isNamed && nameKey(record).every((part, index) => part === name[index])) ||
          record.emailAddresses.some(({ lower }) => keys.includes(lower))),
    )
    .slice(0, MOST_DUPLICATES);
}

/** First and last name as the database compares them; a missing part equals a missing part. */
function nameKey({ attributes }: CrmRecord): Array<string | null> {
  return [attributes.firstName, attributes.lastName].map((part) =>
    typeof part === 'string' ? collationKey(part) : null,
  );
}
