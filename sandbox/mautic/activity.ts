import type { SandboxRequest, SandboxResponse } from '../double';
import { parsePhpQuery } from '../php-query';
import { answer } from './errors';
import { listOf } from './where';
import type { Contact, MauticState, SentEmail } from './state';

const DEFAULT_LIMIT = 25;

/** `GET /contacts/{id}/activity`: the contact's timeline, newest first. The sandbox knows of the e-mails sent. */
export function contactActivity(
  state: MauticState,
  contact: Contact,
  request: SandboxRequest,
): SandboxResponse {
  const query = parsePhpQuery(request.query);
  const filters = typeof query.filters === 'object' && !Array.isArray(query.filters) ? query.filters : {};
  const included = listOf(filters.includeEvents).map(String);
  const excluded = listOf(filters.excludeEvents).map(String);
  const shown =
    (included.length === 0 || included.includes('email.sent')) && !excluded.includes('email.sent');
  const sent = shown
    ? state.sentEmails
        .all()
        .filter(({ contactId }) => contactId === contact.id)
        .reverse()
    : [];
  const limit = Number(query.limit ?? DEFAULT_LIMIT);
  const page = Number(query.page ?? 1);
  return answer({
    events: sent.slice(limit * (page - 1), limit * page).map((mail) => event(state, mail)),
    filters: { search: '', includeEvents: included, excludeEvents: excluded },
    order: ['timestamp', 'DESC'],
    types: { 'email.failed': 'Email failed', 'email.read': 'Email read', 'email.sent': 'Email sent' },
    total: sent.length,
    page,
    limit,
    maxPages: Math.ceil(sent.length / limit),
  });
}

function event(state: MauticState, sent: SentEmail): Record<string, unknown> {
  const name = state.emails.get(sent.emailId)?.name ?? sent.subject;
  return {
    event: 'email.sent',
    eventId: `email.sent${sent.id}`,
    eventLabel: { label: name, href: `/email/view/${sent.trackingHash}`, isExternal: true },
    eventType: 'Email sent',
    timestamp: sent.dateSent,
    extra: {
      stat: {
        email_id: String(sent.emailId),
        id: String(sent.id),
        dateRead: null,
        dateSent: sent.dateSent,
        email_name: name,
        subject: sent.subject,
        isRead: '0',
        isFailed: '0',
        idHash: sent.trackingHash,
      },
      type: 'sent',
    },
    icon: 'ri-mail-unread-line',
    contactId: String(sent.contactId),
  };
}
