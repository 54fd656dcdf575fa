import { z } from 'zod/v4';
import { parseAnswer, quotable } from '../http';
import type { ResendApi } from './client';
import { RESEND, ResendError } from './errors';
import { idempotencyKey } from './idempotency-key';
import { LIMITS } from './limits';
import { bodyOf, type Mail } from './mail';

/** What a mail alone is refused for with a 403; within a batch there are words only. */
const UNVERIFIED = /\bdomain is not verified\b|\bverify a domain\b/i;
/** For attachments, which may be large. */
const LONG_TIMEOUT_MS = 120_000;

const sentMail = z.object({ id: z.string() });
const sentBatch = z.object({
  data: z.array(sentMail).default([]),
  errors: z.array(z.object({ index: z.int(), message: z.string() })).default([]),
});

export interface SentMail {
  id: string;
}

/**
 * Sends one mail, and for 24 hours only once for one key; a lost answer is asked for again. Throws `ResendError`, for a
 * key that was used with another content `SentBefore`.
 */
export async function sendMail(api: ResendApi, mail: Mail, key: string): Promise<SentMail> {
  const action = 'send the e-mail';
  const { body } = await api.call({
    action,
    method: 'POST',
    path: '/emails',
    headers: { 'Idempotency-Key': idempotencyKey(key) },
    body: bodyOf(mail),
    repeatable: true,
    isSending: true,
    ...(mail.attachments?.length && { timeoutMs: LONG_TIMEOUT_MS }),
  });
  return parseAnswer({ service: RESEND, action }, sentMail, body);
}

/**
 * As {@link sendMail} for up to 100 mails in one call under one key. One that Resend refuses does not take the others
 * with it: gives for each mail, in their order, what it was sent as, or its error. Throws what concerns all of them.
 */
export async function sendBatch(
  api: ResendApi,
  mails: readonly Mail[],
  key: string,
): Promise<Array<SentMail | ResendError>> {
  if (mails.length === 0 || mails.length > LIMITS.batch) {
    throw new RangeError(`a batch has 1 to ${LIMITS.batch} mails, not ${mails.length}`);
  }
  const action = `send the batch of ${mails.length} e-mails`;
  const { body } = await api.call({
    action,
    method: 'POST',
    path: '/emails/batch',
    headers: { 'Idempotency-Key': idempotencyKey(key), 'x-batch-validation': 'permissive' },
    body: mails.map(bodyOf),
    repeatable: true,
    isSending: true,
  });
  const answer = parseAnswer({ service: RESEND, action }, sentBatch, body);
  const refused = new Map(answer.errors.map(({ index, message }) => [index, message]));
  // Resend leaves out the refused ones, so that the ids move up.
  const sent = answer.data[Symbol.iterator]();
  if (answer.data.length + refused.size !== mails.length) throw notAligned(action);
  return mails.map((_, index) => {
    const reason = refused.get(index);
    if (reason !== undefined) return refusedInBatch(reason);
    const next = sent.next();
    if (next.done) throw notAligned(action);
    return next.value;
  });
}

function refusedInBatch(reason: string): ResendError {
  const ofAccount = UNVERIFIED.test(reason);
  const todo = ofAccount
    ? 'Verify the domain of the sender in Resend under Domains.'
    : 'Check the values in the node.';
  return new ResendError(
    `${RESEND} refused this e-mail of a batch: "${quotable(reason)}". What it did not refuse of the batch was sent. ${todo}`,
    false,
    422,
    true,
    ofAccount,
  );
}

/** Which mail has which id cannot be told. */
function notAligned(action: string): ResendError {
  return new ResendError(
    `${RESEND} could not ${action}, or did so without saying which: its answer does not name each of them. It is asked again later under the same key, which sends nothing twice.`,
    true,
    undefined,
    false,
  );
}
