import type { Json } from '../double';
import { randomLetters } from '../letters';
import type { Mail, MailEvent, ResendState, StoredEvent } from './state';
import { resendTime } from './times';

/** One thing that happened to a mail. */
export interface Happening {
  event: MailEvent;
  /** Whom it happened to; a mail to several may arrive at some and bounce at others. */
  recipients: readonly string[];
  at: string;
  /** What only this kind of event tells, e.g. `{ click: … }`. */
  details?: { [name: string]: Json };
}

const ID_LETTERS = 27;

/** Writes into a mail what happened to it, and gives the event that tells of it. */
export function happen({ events }: ResendState, mail: Mail, happening: Happening): StoredEvent {
  const { event, recipients, at } = happening;
  mail.history.push({ event, at, recipients: [...recipients] });
  mail.lastEvent = event;
  return events.put({
    id: `msg_${randomLetters(ID_LETTERS)}`,
    type: `email.${event}`,
    emailId: mail.id,
    at,
    payload: JSON.stringify(payloadOf(mail, happening)),
    deliveries: [],
  });
}

function payloadOf(mail: Mail, { event, recipients, at, details }: Happening): object {
  const headers = Object.entries(mail.headers).map(([name, value]) => ({ name, value }));
  return {
    type: `email.${event}`,
    created_at: at,
    data: {
      created_at: resendTime(mail.createdAt),
      email_id: mail.id,
      from: mail.from,
      ...(headers.length > 0 && { headers }),
      message_id: messageIdOf(mail),
      subject: mail.subject,
      ...(mail.tags.length > 0 && {
        tags: Object.fromEntries(mail.tags.map(({ name, value }) => [name, value])),
      }),
      ...(mail.templateId !== null && { template_id: mail.templateId }),
      to: recipients,
      ...details,
    },
  };
}

/** The `Message-ID` that the mail has. */
export function messageIdOf({ id }: Mail): string {
  return `<${id}@eu-west-1.amazonses.com>`;
}
