import { RESEND, type Mail, type SentMail } from '../../../services/resend';
import type { ItemResult } from '../../shared/process-items';

/** An item whose mail Resend has taken. */
export function resultOf({ to, subject, scheduledAt }: Mail, { id }: SentMail): ItemResult {
  return {
    json: { mail: { id, to: to.join(', '), subject: subject ?? null } },
    outcomes: [
      { service: RESEND, action: scheduledAt === undefined ? 'e-mail sent' : 'e-mail scheduled', id },
    ],
  };
}
