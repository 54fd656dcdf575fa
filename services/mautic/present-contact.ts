import type { Contact } from './schemas';

/** The contact, or in words why it is not there any more; under a merged one's id Mautic gives the one it went into. */
export function presentOrReason(id: number, found: Contact | undefined): Contact | string {
  if (!found) return 'deleted in Mautic';
  return found.id === id ? found : `merged into the contact ${found.id}`;
}
