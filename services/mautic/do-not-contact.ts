import pLimit from 'p-limit';
import { z } from 'zod/v4';
import { MAUTIC, notPossible, type MauticApi } from './api';
import { emailMarks, findAllByEmail } from './contacts';
import { oneContact, type Contact } from './schemas';
import { asError, ServiceError } from '../http';
import { bareAddress } from '../names';

/** Why no e-mail is to be sent any more, and Mautic's number for it. */
const REASONS = { unsubscribed: 1, bounced: 2, manual: 3 } as const;
/** Contacts that are marked at the same time. */
const CONCURRENCY = 4;

export type DoNotContactReason = keyof typeof REASONS;

/** Addresses that are to get no e-mail any more. */
export interface DoNotContact {
  emails: readonly unknown[];
  reason: DoNotContactReason;
  /** Shown beside the mark in Mautic. */
  comment: string;
}

export interface MarkedContact {
  id: number;
  email: string;
  /** False when it was marked before, for whatever reason. */
  changed: boolean;
}

/**
 * Puts every contact with one of the addresses on do-not-contact for e-mail, the others of a shared address as well: one call
 * to find those of all declarations, and one for each contact that is not marked yet. A mark that is there stays, whoever
 * set it. Nobody is created. Gives the contacts, or an error, for each declaration; all of it may be repeated.
 *
 * By the call that does nothing else: any write to a contact's fields has Mautic fill in its defaults.
 */
export async function markDoNotContact(
  api: MauticApi,
  declarations: ReadonlyArray<DoNotContact | Error>,
): Promise<Array<MarkedContact[] | Error>> {
  const plans = declarations.map((declaration) =>
    declaration instanceof Error ? declaration : planOf(declaration),
  );
  const addresses = plans.flatMap((plan) => (plan instanceof Error ? [] : plan.addresses));
  const found =
    addresses.length > 0
      ? await findAllByEmail(api, [...new Set(addresses)])
      : new Map<string, readonly Contact[]>();
  const limit = pLimit(CONCURRENCY);
  const marks = new Map<number, Promise<MarkedContact | undefined>>();
  return await Promise.all(
    plans.map(async (plan) => {
      if (plan instanceof Error) return plan;
      const contacts = plan.addresses.flatMap((address) => found.get(address) ?? []);
      for (const contact of contacts) {
        if (!marks.has(contact.id))
          marks.set(
            contact.id,
            limit(() => mark(api, contact, plan)),
          );
      }
      const marking = contacts.map(({ id }) => marks.get(id));
      // All of them, before one that failed is told.
      const ends = await Promise.allSettled(marking);
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) return asError(failed.reason);
      return ends.flatMap((end) => (end.status === 'fulfilled' && end.value ? [end.value] : []));
    }),
  );
}

interface Plan extends Pick<DoNotContact, 'reason' | 'comment'> {
  /** In lower case. */
  addresses: string[];
}

function planOf({ emails, reason, comment }: DoNotContact): Plan | Error {
  const given = emails.map((email) => (typeof email === 'string' ? bareAddress(email) : ''));
  const addresses = [...new Set(given.filter((address) => address.includes('@')))];
  if (addresses.length === 0 || given.some((address) => !address.includes('@'))) {
    return notPossible('mark anybody as do-not-contact: there is no e-mail address on the item');
  }
  if (!Object.hasOwn(REASONS, reason)) {
    const known = Object.keys(REASONS).join(', ');
    return notPossible(`mark anybody as do-not-contact: the reason has to be one of ${known}`);
  }
  return { addresses, reason, comment };
}

/** `undefined` when the contact was deleted meanwhile. */
async function mark(
  api: MauticApi,
  contact: Contact,
  { reason, comment }: Plan,
): Promise<MarkedContact | undefined> {
  const { id, email } = contact;
  if (emailMarks(contact).length > 0) return { id, email, changed: false };
  const action = `put the contact ${id} on do-not-contact`;
  const { status, value } = await api.call(
    {
      action,
      method: 'POST',
      path: `/api/contacts/${id}/dnc/email/add`,
      body: { reason: REASONS[reason], comments: comment },
      repeatable: true,
      expect: [404],
    },
    z.union([oneContact, z.object({ errors: z.unknown() })]),
  );
  if (status === 404) return undefined;
  if ('contact' in value && emailMarks(value.contact).length > 0) return { id, email, changed: true };
  throw new ServiceError(
    MAUTIC,
    `${MAUTIC} could not ${action}: it said it did, but the contact is not marked. It is tried again later.`,
    true,
  );
}
