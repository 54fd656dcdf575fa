import { booleanIn, isTrue, textIfThere, textIn } from './contact-values';
import { emailMarks } from './contacts';
import { presentOrReason } from './present-contact';
import { reasonToSkip } from './recipient';
import type { Contact } from './schemas';
import { isBlank } from './values';

export type Tier = 'vip' | 'basic';

/** `vip` and `basic`: to be issued; `hasLink`: issued before; `notOptedIn`: not to get any, with the reason. */
export type Verdict = Tier | 'hasLink' | 'notOptedIn';

/** Aliases of the contact fields that an invite depends on. */
export interface GuardedFields {
  /** Yes or no. */
  optIn: string;
  /** Yes or no. */
  vip: string;
  vipLink: string;
  basicLink: string;
}

/** What was decided about a contact's invite. Tier, field and link belong together. */
export interface InviteGuard {
  /** `null` when the contact is not there any more. */
  tier: Tier | null;
  /** Alias of the field that holds, or is to hold, the link of that tier. */
  field: string | null;
  /** The link that the contact has and that counts. */
  link: string | null;
  /** The link in the other field, which a link of this tier makes void. */
  replaced: string | null;
  /** Why the contact is to get no invite. */
  reason?: string;
}

/** What the decision was made of. */
export interface GuardedContact {
  id: number;
  email: string;
  doNotContact: boolean;
  /** First name, last name and the guarded fields, as plain values. */
  fields: Record<string, string | boolean | null>;
}

export interface Decision {
  verdict: Verdict;
  contact: GuardedContact;
  guard: InviteGuard;
}

/**
 * Decides about the invite of the contact with this id, given what Mautic has under it. An invite is for who has an
 * e-mail address, is not on do-not-contact for e-mail, and has opted in; a VIP link also counts for a contact that is
 * no VIP (any more). Deleted and merged contacts are an answer: what belonged to a merged one is decided about under the
 * id it went into. Throws a `ServiceError`, not retryable, for a guarded field that does not exist.
 */
export function decide(id: number, found: Contact | undefined, fields: GuardedFields): Decision {
  const present = presentOrReason(id, found);
  if (typeof present === 'string') return absent(id, present);
  const contact = guardedContact(present, fields);
  const guard = guardOf(present, fields);
  const reason = reasonForNone(present, fields);
  if (reason !== undefined) return { verdict: 'notOptedIn', contact, guard: { ...guard, reason } };
  return { verdict: guard.link === null ? guard.tier : 'hasLink', contact, guard };
}

function absent(id: number, reason: string): Decision {
  return {
    verdict: 'notOptedIn',
    contact: { id, email: '', doNotContact: false, fields: {} },
    guard: { tier: null, field: null, link: null, replaced: null, reason },
  };
}

function reasonForNone(found: Contact, { optIn }: GuardedFields): string | undefined {
  if (isBlank(found.email)) return 'the contact has no e-mail address';
  return reasonToSkip(found, { transactional: false, toUnsubscribed: false, optInField: optIn });
}

function guardOf(found: Contact, { vip, vipLink, basicLink }: GuardedFields): InviteGuard & { tier: Tier } {
  const [isVip, vipHas, basicHas] = [isTrue(found, vip), textIn(found, vipLink), textIn(found, basicLink)];
  return isVip || vipHas !== null
    ? { tier: 'vip', field: vipLink, link: vipHas, replaced: basicHas }
    : { tier: 'basic', field: basicLink, link: basicHas, replaced: null };
}

function guardedContact(found: Contact, { optIn, vip, vipLink, basicLink }: GuardedFields): GuardedContact {
  return {
    id: found.id,
    email: found.email,
    doNotContact: emailMarks(found).length > 0,
    fields: {
      firstname: textIfThere(found, 'firstname'),
      lastname: textIfThere(found, 'lastname'),
      [optIn]: booleanIn(found, optIn),
      [vip]: booleanIn(found, vip),
      [vipLink]: textIn(found, vipLink),
      [basicLink]: textIn(found, basicLink),
    },
  };
}
