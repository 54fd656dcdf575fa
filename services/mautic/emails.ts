import { notPossible, type MauticApi } from './api';
import { Cache } from '../http';
import { email, emailFamily, sendResult, type Email, type SendResult } from './schemas';

export type { SendResult };

/** Which e-mail is meant: by the name marketers gave it, or by its id. */
export type EmailReference = { name: string } | { id: number };

const cache = new Cache<Email[]>();

/** All e-mails. Kept for five minutes per installation. */
export function listEmails(api: MauticApi): Promise<Email[]> {
  return cache.get(api.url, () => readEmails(api));
}

/** Throws a `ServiceError`, not retryable, when there is none, or several have the name. */
export async function findEmail(api: MauticApi, reference: EmailReference): Promise<Email> {
  const [kept] = matches(await listEmails(api), reference);
  return kept ?? findEmailAnew(api, reference);
}

/** As {@link findEmail}, past what is kept: for an id that Mautic no longer knows. */
export async function findEmailAnew(api: MauticApi, reference: EmailReference): Promise<Email> {
  const [found] = matches(await cache.refresh(api.url, () => readEmails(api)), reference);
  if (found) return found;
  const which = 'name' in reference ? `named "${reference.name}"` : `with the ID ${reference.id}`;
  throw notPossible(
    `find an e-mail ${which}. Create it under Channels > Emails, or pick another one in the node. ` +
      "The API user's role must be allowed to view e-mails, others' included",
  );
}

function matches(emails: readonly Email[], reference: EmailReference): Email[] {
  if ('id' in reference) return emails.filter(({ id }) => id === reference.id);
  const name = reference.name.trim();
  const named = emails.filter((one) => one.name.trim() === name);
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(', ');
    throw notPossible(
      `tell which e-mail is meant: ${named.length} are named "${name}" (IDs ${ids}). Rename all but one`,
    );
  }
  return named;
}

function readEmails(api: MauticApi): Promise<Email[]> {
  // Without `minimal` every e-mail comes with its whole HTML.
  const query = { minimal: '1' };
  return api.list({ action: 'list its e-mails', path: '/api/emails', key: 'emails', query }, email);
}

/** Ids under which Mautic counts a sent mail: the e-mail's own, its A/B variants' and its translations'. */
export async function emailFamilyIds(api: MauticApi, id: number): Promise<number[]> {
  const action = `read the e-mail ${id}`;
  const { value } = await api.call({ action, method: 'GET', path: `/api/emails/${id}` }, emailFamily);
  return value;
}

/**
 * Has Mautic send an e-mail to one contact, and says whether it handed it to its mailer; `reason` is Mautic's own text.
 * Never repeated by itself once Mautic may have begun: Mautic has no idempotency key, and would send twice.
 */
export async function sendEmail(
  api: MauticApi,
  mail: { email: Email; contactId: number; tokens: Readonly<Record<string, string>> },
): Promise<SendResult> {
  const { value } = await api.call(
    {
      action: `send the e-mail "${mail.email.name}" to the contact ${mail.contactId}`,
      method: 'POST',
      path: `/api/emails/${mail.email.id}/contact/${mail.contactId}/send`,
      body: { tokens: mail.tokens },
    },
    sendResult,
  );
  return value;
}
