import { z } from 'zod/v4';
import { bareAddress } from '../names';

/** What can happen to an e-mail that was sent. */
export type EngagementKind =
  | 'sent'
  | 'delayed'
  | 'delivered'
  | 'opened'
  | 'clicked'
  | 'failed'
  | 'suppressed'
  | 'bounced'
  | 'complained';

export interface Engagement {
  /** What sending it gave back. */
  emailId: string;
  /** Our own id of it, out of its tag `message`; null for one that was sent without. */
  messageId: string | null;
  kind: EngagementKind;
  /** When it happened, which is not when it came in: webhooks arrive late, twice and in any order. */
  at: Date;
  /** Whom it is about, in lower case: of an e-mail to several, those to whom it happened. */
  recipients: string[];
  /** Whether the address is lost for good: by this bounce, or by an earlier bounce or complaint that Resend remembers. */
  permanent: boolean;
  /** Why, in the words of Resend and of the recipient's server. */
  detail: string | null;
  /** What was clicked. */
  link: string | null;
}

const KINDS: Readonly<Record<string, EngagementKind>> = {
  'email.sent': 'sent',
  'email.delivery_delayed': 'delayed',
  'email.delivered': 'delivered',
  'email.opened': 'opened',
  'email.clicked': 'clicked',
  'email.failed': 'failed',
  'email.suppressed': 'suppressed',
  'email.bounced': 'bounced',
  'email.complained': 'complained',
};

/** What cannot be read is as good as missing: the rest of the event still counts. */
const text = z.string().min(1).nullish().catch(null);
const time = z
  .string()
  .transform((written) => new Date(written))
  .refine((at) => !Number.isNaN(at.getTime()))
  .nullish()
  .catch(null);
/** One, several, or, when it came as something else, none. */
const texts = z
  .union([z.string().transform((one) => [one]), z.array(z.unknown())])
  .transform((list) => list.filter((one) => typeof one === 'string' && one !== '') as string[])
  .catch([]);
function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).nullish().catch(null);
}

const payloadSchema = z.object({
  created_at: time,
  data: z.object({
    email_id: z.string().min(1),
    created_at: time,
    to: texts,
    tags: part({ message: text }),
    bounce: part({ type: text, subType: text, message: text, diagnosticCode: texts }),
    click: part({ link: text, timestamp: time }),
    failed: part({ reason: text }),
    suppressed: part({ reason: text, message: text, diagnosticCode: texts }),
  }),
});
type EmailData = z.output<typeof payloadSchema>['data'];

/**
 * What an event of Resend (`email.bounced`, …) says about an e-mail (resend.com/docs/webhooks/event-types); `undefined` for
 * one that is no engagement, such as `email.scheduled`, and for a payload that names no e-mail or no time.
 */
export function readEngagement(type: string, payload: unknown): Engagement | undefined {
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const parsed = payloadSchema.safeParse(payload);
  if (kind === undefined || !parsed.success) return undefined;
  const { created_at: createdAt, data } = parsed.data;
  // The time in `data` is when the e-mail was written, which all of its events have in common.
  const at = (kind === 'clicked' && data.click?.timestamp) || createdAt || data.created_at;
  if (!at) return undefined;
  return {
    emailId: data.email_id,
    messageId: data.tags?.message ?? null,
    kind,
    at,
    recipients: [...new Set(data.to.map(bareAddress))],
    permanent: isPermanent(kind, data),
    detail: detailOf(kind, data),
    link: (kind === 'clicked' && data.click?.link) || null,
  };
}

/**
 * "Transient" (a full mailbox) and "Undetermined" may heal. Only what is known to be for good may cost somebody all
 * further e-mails.
 */
function isPermanent(kind: EngagementKind, { bounce, suppressed }: EmailData): boolean {
  if (kind === 'suppressed')
    return suppressed?.reason === 'previous_bounce' || suppressed?.reason === 'previous_complaint';
  return kind === 'bounced' && bounce?.type === 'Permanent';
}

function detailOf(kind: EngagementKind, { bounce, failed, suppressed }: EmailData): string | null {
  if (kind === 'failed') return failed?.reason ?? null;
  if (kind === 'bounced')
    return sentence([bounce?.type, bounce?.subType], bounce?.message, bounce?.diagnosticCode);
  if (kind === 'suppressed')
    return sentence([suppressed?.reason], suppressed?.message, suppressed?.diagnosticCode);
  return null;
}

/** `Permanent, NoEmail: The recipient does not exist. (smtp; 550 5.1.1 user unknown)`, of which any part may be missing. */
function sentence(
  kinds: ReadonlyArray<string | null | undefined>,
  message: string | null | undefined,
  codes: readonly string[] = [],
): string | null {
  const what = kinds.filter(Boolean).join(', ');
  const said = [message, codes.length > 0 && `(${codes.join('; ')})`].filter(Boolean).join(' ');
  return [what, said].filter((one) => one !== '').join(': ') || null;
}
