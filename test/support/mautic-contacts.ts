import { phpDate } from '../../sandbox/mautic/php';

export interface ContactTimes {
  added: Date;
  /** Left out: never edited. */
  modified?: Date;
  fields?: Record<string, string | number | boolean>;
  /** A visitor without a name, of whom Mautic sends no webhooks. */
  anonymous?: boolean;
}

/** A contact for the state of the Mautic double, as it was saved at some time, without a webhook having been sent. */
export function mauticContact(id: number, { added, modified, fields, anonymous }: ContactTimes): object {
  return {
    id,
    fields: { points: 0, ...(!anonymous && { email: `contact${id}@example.com` }), ...fields },
    dateAdded: phpDate(added),
    dateModified: modified ? phpDate(modified) : null,
    dateIdentified: anonymous ? null : phpDate(added),
    createdByUser: null,
    modifiedByUser: null,
    tags: [],
    doNotContact: [],
    segments: [],
    campaigns: [],
  };
}
