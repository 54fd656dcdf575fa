import { isTrue } from './contact-values';
import { emailMarks } from './contacts';
import type { Contact } from './schemas';

const UNSUBSCRIBED = 1;
const BOUNCED = 2;

/** Who may be written to. */
export interface SendingRule {
  /** The mail belongs to something the contact did or bought, rather than to marketing. */
  transactional: boolean;
  /** Whether a transactional mail also goes to those who unsubscribed from marketing. */
  toUnsubscribed: boolean;
  /** Alias of the boolean field that marketing needs to be true. */
  optInField: string;
}

/**
 * Why the contact is not to get the mail, or `undefined` when it may. Who unsubscribed gave up marketing, not what was
 * paid for; an address that bounced, or that somebody blocked by hand, gets nothing at all. Throws a `ServiceError`, not
 * retryable, when the opt-in field does not exist.
 */
export function reasonToSkip(one: Contact, rule: SendingRule): string | undefined {
  const marks = emailMarks(one);
  if (marks.includes(BOUNCED)) return 'do not contact: an e-mail to this address bounced';
  if (marks.some((reason) => reason !== UNSUBSCRIBED)) return 'do not contact: marked by hand';
  if (marks.includes(UNSUBSCRIBED) && !(rule.transactional && rule.toUnsubscribed)) {
    return 'do not contact: unsubscribed';
  }
  if (rule.transactional) return undefined;
  return isTrue(one, rule.optInField) ? undefined : 'not opted in to marketing';
}
