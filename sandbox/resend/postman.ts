import { addressIn, testAddress } from './addresses';
import type { Deliveries, Sending } from './deliveries';
import { happen, type Happening } from './events';
import type { Mail, ResendState, StoredEvent, Suppression } from './state';

/** The longest that a timer can wait. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export const BOUNCES = {
  Permanent: {
    subType: 'General',
    message:
      "The recipient's email provider sent a hard bounce message, but didn't specify the reason for the hard bounce.",
    diagnosticCode: ['smtp; 550 5.1.1 Unknown User'],
  },
  Transient: {
    subType: 'MailboxFull',
    message: "The recipient's email provider sent a bounce message because the recipient's inbox was full.",
    diagnosticCode: ['smtp; 452 4.2.2 Mailbox full'],
  },
  Undetermined: {
    subType: 'Undetermined',
    message: "The recipient's email provider sent a bounce message that could not be understood.",
    diagnosticCode: [],
  },
} as const;
export type BounceType = keyof typeof BOUNCES;

/** Sends accepted mails at once or when they are due, and tells what becomes of them. */
export class Postman {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly state: ResendState,
    private readonly deliveries: Deliveries,
    private readonly changed: () => void,
  ) {}

  /** Takes over a mail that was accepted just now. */
  take(mail: Mail): void {
    this.state.mails.put(mail);
    if (mail.scheduledAt === null || Date.parse(mail.scheduledAt) <= Date.now()) this.send(mail);
    else {
      void this.tell(mail, [{ event: 'scheduled', recipients: recipientsOf(mail), at: mail.createdAt }]);
      this.watch();
    }
    this.changed();
  }

  /** Sends the scheduled mails that are due by then; gives how many. */
  sendDue(by: number): number {
    const due = this.scheduled().filter(({ scheduledAt }) => Date.parse(scheduledAt ?? '') <= by);
    for (const mail of due) this.send(mail);
    if (due.length > 0) this.changed();
    this.watch();
    return due.length;
  }

  /** Sets the alarm for the scheduled mail that is due next. */
  watch(): void {
    this.clear();
    const times = this.scheduled().map(({ scheduledAt }) => Date.parse(scheduledAt ?? ''));
    if (times.length === 0) return;
    const next = times.reduce((first, at) => Math.min(first, at), Infinity);
    const waitMs = Math.min(Math.max(0, next - Date.now()), LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.sendDue(Date.now()), waitMs).unref();
  }

  clear(): void {
    clearTimeout(this.timer);
  }

  /** Writes down what happened, and tells of it as it is asked for; resolves once each webhook was tried. */
  async tell(
    mail: Mail,
    happenings: readonly Happening[],
    sending?: Sending,
  ): Promise<{ eventIds: string[]; statuses: number[] }> {
    const events = happenings.map((happening): StoredEvent => {
      suppressAfter(this.state, happening);
      return happen(this.state, mail, happening);
    });
    const order = this.state.settings.webhooks;
    const statuses = await this.deliveries.send(events, sending ?? { order, copies: 1 });
    return { eventIds: events.map(({ id }) => id), statuses };
  }

  scheduled(): Mail[] {
    return this.state.mails.all().filter(({ lastEvent }) => lastEvent === 'scheduled');
  }

  private send(mail: Mail): void {
    const at = new Date().toISOString();
    const recipients = recipientsOf(mail);
    const sent: Happening = { event: 'sent', recipients, at };
    const fates = recipients.flatMap((recipient) => this.fateOf(recipient, at));
    void this.tell(mail, [sent, ...together(fates)]);
  }

  /** What becomes of a mail at one of its recipients. */
  private fateOf(recipient: string, at: string): Happening[] {
    const recipients = [recipient];
    const suppression = this.state.suppressions.get(addressIn(recipient) ?? '');
    if (suppression) return [suppressed(recipients, at, suppression.reason)];
    const delivered: Happening = { event: 'delivered', recipients, at };
    switch (testAddress(recipient)) {
      case 'bounced':
        return [bounced(recipients, at, 'Permanent')];
      case 'suppressed':
        return [suppressed(recipients, at, 'previous_bounce')];
      case 'complained':
        return [delivered, { event: 'complained', recipients, at }];
      case 'delivered':
        return [delivered];
      case undefined:
        return this.state.settings.arrives ? [delivered] : [];
    }
  }
}

/** Everybody whom a mail goes to. */
export function recipientsOf({ to, cc, bcc }: Mail): string[] {
  return [...to, ...cc, ...bcc];
}

export function bounced(recipients: readonly string[], at: string, type: BounceType): Happening {
  const { diagnosticCode, ...bounce } = BOUNCES[type];
  return {
    event: 'bounced',
    recipients,
    at,
    details: { bounce: { ...bounce, type, diagnosticCode: [...diagnosticCode] } },
  };
}

function suppressed(recipients: readonly string[], at: string, reason: Suppression['reason']): Happening {
  const what = reason === 'previous_bounce' ? 'bounced' : 'complained';
  return {
    event: 'suppressed',
    recipients,
    at,
    details: {
      suppressed: {
        type: 'OnAccountSuppressionList',
        reason,
        message: `Resend has suppressed sending to this address because it has ${what} before.`,
        diagnosticCode: [],
      },
    },
  };
}

/** One event for all to whom the same happened. */
function together(happenings: readonly Happening[]): Happening[] {
  const byKind = new Map<string, Happening>();
  for (const happening of happenings) {
    const key = `${happening.event} ${JSON.stringify(happening.details ?? null)}`;
    const same = byKind.get(key);
    byKind.set(
      key,
      same ? { ...same, recipients: [...same.recipients, ...happening.recipients] } : happening,
    );
  }
  return [...byKind.values()];
}

/** After a hard bounce or a complaint nothing more is sent to an address; those for tests are exempt. */
function suppressAfter({ suppressions }: ResendState, { event, recipients, at, details }: Happening): void {
  const isHard = event === 'bounced' && Object(details?.bounce).type === 'Permanent';
  if (!isHard && event !== 'complained') return;
  for (const recipient of recipients) {
    const email = addressIn(recipient);
    if (email === undefined || testAddress(email) !== undefined) continue;
    suppressions.set(email, { email, reason: isHard ? 'previous_bounce' : 'previous_complaint', at });
  }
}
