import { MAUTIC, type MauticApi } from './api';
import { findEmailAnew, sendEmail, type EmailReference, type SendResult } from './emails';
import type { Email } from './schemas';
import { emailSentSince } from './statistics';
import { asError, ServiceError, systemClock, type Clock } from '../http';

/**
 * A call that we would still be waiting for may still be at work in Mautic, although we (a process that was killed)
 * are no longer there: its mail shows in the statistics once this long has passed. As long as a call's time-out.
 */
const SETTLE_MS = 20_000;

/** What the sending of e-mails needs of the store. */
export interface EffectStore {
  /** `unknown`: begun earlier, at `begunAt`, and never confirmed. */
  begin(key: string, by: string): Promise<{ state: 'new' | 'done' | 'unknown'; begunAt: Date }>;
  /** Of those who found it unknown, lets one try again: `begunAt` must still hold, and begins anew. */
  takeOver(key: string, begunAt: Date, by: string): Promise<boolean>;
  confirm(key: string, detail?: object): Promise<void>;
  /** Begun, but certainly not carried out: may be begun again. */
  release(key: string): Promise<void>;
}

/** What to do about a mail that was begun and never confirmed. */
export type WhenUnknown = 'ask' | 'doNotSend' | 'sendAgain';

export interface MailToSend {
  email: Email;
  /** How the e-mail was found, to find it anew when its id is no longer valid. */
  reference: EmailReference;
  contactId: number;
  tokens: Readonly<Record<string, string>>;
  /** What the mail is for; for one cause an e-mail is sent once. */
  cause: string;
  /** Who sends it, as the store notes it down. */
  by: string;
  whenUnknown: WhenUnknown;
}

export interface SendOutcome {
  sent: boolean;
  /** Why not, when it was not. */
  reason?: string;
}

/**
 * Sends an e-mail unless it was already sent for this cause: begun in the store, sent, confirmed. What is certain to
 * have been refused may be begun again; what was cut off is left begun, and the next try finds out (see
 * {@link WhenUnknown}).
 */
export async function sendOnce(
  api: MauticApi,
  effects: EffectStore,
  mail: MailToSend,
  clock: Clock = systemClock,
): Promise<SendOutcome> {
  const key = `mautic-email:${mail.email.name}:${mail.cause}`;
  let effect = await effects.begin(key, mail.by);
  if (effect.state === 'unknown' && mail.whenUnknown === 'ask') {
    await clock.sleep(Math.min(SETTLE_MS, Math.max(0, effect.begunAt.getTime() + SETTLE_MS - clock.now())));
    effect = await effects.begin(key, mail.by);
  }
  if (effect.state === 'done') return { sent: false, reason: 'already sent for this cause' };
  if (effect.state === 'unknown') {
    const reason = await reasonNotToSend(api, mail, effect.begunAt);
    if (reason !== undefined) {
      await effects.confirm(key, { contactId: mail.contactId, reason });
      return { sent: false, reason };
    }
    if (!(await effects.takeOver(key, effect.begunAt, mail.by))) throw beingSent(mail);
  }
  await send(api, effects, key, mail);
  return { sent: true };
}

async function reasonNotToSend(
  api: MauticApi,
  { whenUnknown, email, contactId }: MailToSend,
  begunAt: Date,
): Promise<string | undefined> {
  switch (whenUnknown) {
    case 'sendAgain':
      return undefined;
    case 'doNotSend':
      return 'unknown whether it was sent before; set not to be sent again';
    case 'ask': {
      const wasSent = await emailSentSince(api, { emailId: email.id, contactId, begunAt });
      return wasSent ? 'already sent for this cause, as Mautic confirms' : undefined;
    }
  }
}

async function send(api: MauticApi, effects: EffectStore, key: string, mail: MailToSend): Promise<void> {
  const result = await attempt(api, mail);
  if (result instanceof Error) {
    if (wasRefused(result)) await effects.release(key);
    throw result;
  }
  if (!result.success) {
    await effects.release(key);
    throw notSent(mail, result.reason);
  }
  await effects.confirm(key, { emailId: mail.email.id, contactId: mail.contactId });
}

/** An e-mail that was deleted and made anew has another id, while the old one is still kept in mind here. */
async function attempt(api: MauticApi, mail: MailToSend): Promise<SendResult | Error> {
  const result = await sendEmail(api, mail).catch(asError);
  if (!(result instanceof ServiceError) || result.status !== 404) return result;
  const email = await findEmailAnew(api, mail.reference).catch(() => mail.email);
  return email.id === mail.email.id ? result : await sendEmail(api, { ...mail, email }).catch(asError);
}

/** Answered before anything was done. A 408 and every 5xx may come from a proxy while Mautic is still at work. */
function wasRefused(error: Error): boolean {
  const status = error instanceof ServiceError ? error.status : undefined;
  return status !== undefined && status >= 300 && status < 500 && status !== 408;
}

/** Mautic gives no text when a rule of its own (do not contact, frequency) kept the mail back. */
function notSent({ email, contactId }: MailToSend, told: string | undefined): ServiceError {
  const what = `${MAUTIC} could not send the e-mail "${email.name}" to the contact ${contactId}`;
  if (told) return new ServiceError(MAUTIC, `${what}: "${told}". It is tried again later.`, true);
  return new ServiceError(
    MAUTIC,
    `${what}, and gave no reason: the contact is on its do-not-contact list or has reached its frequency rule. ` +
      'To reach unsubscribed contacts with a transactional e-mail, turn on "Send to DNC" in the e-mail, and replay.',
    false,
  );
}

function beingSent({ email, contactId }: MailToSend): ServiceError {
  return new ServiceError(
    MAUTIC,
    `${MAUTIC} is just being asked to send the e-mail "${email.name}" to the contact ${contactId} by another run. It is tried again later.`,
    true,
  );
}
