import { isFinal, MAUTIC, type MauticApi } from './api';
import { emailFamilyIds } from './emails';
import { emailStatistics } from './schemas';
import { asError, ServiceError } from '../http';

/** From the beginning of a call to the row that Mautic writes for it: no PHP request lives longer. */
const LONGEST_SEND_MS = 5 * 60_000;
/** Rounding of `date_sent` and `Date` to whole seconds, and what is left between our clock and the store's. */
const TOLERANCE_MS = 5_000;
/** The rows asked for reach back further than any two clocks are apart; the exact window is cut out here. */
const MARGIN_MS = 24 * 60 * 60_000;

/** Where to look for a mail of which it is not known whether it went out. */
export interface SentMail {
  emailId: number;
  contactId: number;
  /** When the call that may have sent it began, by our clock. */
  begunAt: Date;
}

/**
 * Whether Mautic's statistics hold a mail that can only be the one whose sending began at `begunAt`: of this e-mail (or
 * a variant or translation that stands in for it), to this contact, in the minutes after. Mautic writes the row before
 * it hands the mail to its mailer and deletes it when the mailer refuses, so a row means sent.
 *
 * Two mails of one e-mail to one contact within these minutes cannot be told apart: Mautic gives out nothing that a call
 * could be known by again.
 *
 * Mautic's clock may differ from ours: the `Date` of its answer says by how much. Throws a `ServiceError` that is not
 * retryable when the statistics cannot be read at all (`GET /api/stats/email_stats`, which needs no more than the
 * permission to view contacts; its own errors come with status 200).
 */
export async function emailSentSince(
  api: MauticApi,
  { emailId, contactId, begunAt }: SentMail,
): Promise<boolean> {
  const action = `say whether it had already sent the e-mail to the contact ${contactId}`;
  const from = new Date(begunAt.getTime() - MARGIN_MS).toISOString().slice(0, 19).replace('T', ' ');
  const query = {
    'where[0][col]': 'lead_id',
    'where[0][expr]': 'eq',
    'where[0][val]': String(contactId),
    'where[1][col]': 'date_sent',
    'where[1][expr]': 'gte',
    'where[1][val]': from,
    'order[0][col]': 'date_sent',
    'order[0][dir]': 'DESC',
    limit: '100',
  };
  const answer = await api
    .call({ action, method: 'GET', path: '/api/stats/email_stats', query }, emailStatistics)
    .catch(asError);
  if (answer instanceof Error) throw isFinal(answer) ? unreadable(answer.message) : answer;
  const { value, headers } = answer;
  if (!Array.isArray(value)) throw unreadable('errors' in value ? value.errors[0]?.message : undefined);
  const aheadMs = clockAheadMs(headers.date);
  const earliest = begunAt.getTime() + aheadMs - TOLERANCE_MS;
  const latest = begunAt.getTime() + aheadMs + LONGEST_SEND_MS;
  const inTime = value.filter(({ sentAt }) => sentAt >= earliest && sentAt <= latest);
  if (inTime.length === 0) return false;
  if (inTime.some((row) => row.emailId === emailId)) return true;
  const family = await emailFamilyIds(api, emailId);
  return inTime.some((row) => row.emailId !== null && family.includes(row.emailId));
}

/** How far Mautic's clock is ahead of ours. */
function clockAheadMs(date: string | undefined): number {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? 0 : theirs - Date.now();
}

function unreadable(told: string | undefined): ServiceError {
  return new ServiceError(
    MAUTIC,
    `${MAUTIC} could not say whether it had already sent the e-mail: its statistics cannot be read${told ? ` ("${told}")` : ''}. ` +
      "Give the API user's role the permission to view contacts and replay; or look into the contact's history and choose, " +
      'in the node, what to do when it is unknown whether it was sent.',
    false,
  );
}
