/** Payloads to try a workflow with, as Resend sends them (resend.com/docs/webhooks/event-types). */

type Sample = { [key: string]: unknown };

const WRITTEN = '2026-01-01T12:00:00.000Z';
const HAPPENED = '2026-01-01T12:05:00.000Z';

/** What happened to one e-mail to Ada; `details` are what only this type of event tells. */
export function emailSample(type: string, details: Sample = {}): Sample {
  return {
    type,
    created_at: HAPPENED,
    data: {
      created_at: WRITTEN,
      email_id: '00000000-0000-4000-8000-000000000001',
      from: 'Lifecycle <hello@example.com>',
      to: ['ada@example.com'],
      subject: 'Welcome, Ada',
      tags: { sequence: 'welcome', step: '1', message: '1' },
      ...details,
    },
  };
}

/** An address that does not exist. */
export const bounceDetails: Sample = {
  bounce: {
    type: 'Permanent',
    subType: 'NoEmail',
    message: "The recipient's e-mail address does not exist.",
    diagnosticCode: ['smtp; 550 5.1.1 user unknown'],
  },
};

export const clickDetails: Sample = {
  click: {
    ipAddress: '192.0.2.1',
    link: 'https://example.com/start',
    timestamp: HAPPENED,
    userAgent: 'Mozilla/5.0',
  },
};

export const failureDetails: Sample = { failed: { reason: 'reached_daily_quota' } };

/** An earlier e-mail to the address came back: Resend did not even try. */
export const suppressionDetails: Sample = {
  suppressed: {
    type: 'OnAccountSuppressionList',
    reason: 'previous_bounce',
    message: 'An earlier e-mail to this address bounced.',
    diagnosticCode: [],
  },
};
