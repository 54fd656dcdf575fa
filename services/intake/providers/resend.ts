import { z } from 'zod/v4';
import { bareAddress } from '../../names';
import {
  UnreadableBody,
  groupKeyOf,
  headerOf,
  type EventType,
  type IntakeEvent,
  type Provider,
} from '../provider';
import { isSignedWithOneOf } from '../signature';
import {
  bounceDetails,
  clickDetails,
  emailSample,
  failureDetails,
  suppressionDetails,
} from './resend-samples';

/** Older or newer signatures are refused (github.com/standard-webhooks: five minutes, both ways). */
const TOLERANCE_SECONDS = 300;
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
/** A key that is shorter was cut off when it was copied, and could be guessed. */
const SHORTEST_KEY_BYTES = 16;

const eventTypes: readonly EventType[] = (
  [
    ['email.sent', 'E-mail sent'],
    ['email.delivered', 'E-mail delivered'],
    ['email.delivery_delayed', 'E-mail delayed'],
    ['email.bounced', 'E-mail bounced', bounceDetails],
    ['email.complained', 'E-mail reported as spam'],
    ['email.opened', 'E-mail opened'],
    ['email.clicked', 'Link in an e-mail clicked', clickDetails],
    ['email.failed', 'E-mail failed', failureDetails],
    ['email.suppressed', 'E-mail suppressed', suppressionDetails],
    ['email.scheduled', 'E-mail scheduled'],
  ] as const
).map(([type, title, details]) => ({ type, title, sample: emailSample(type, details) }));

const eventSchema = z.looseObject({
  type: z.string().min(1),
  created_at: z.unknown(),
  data: z.looseObject({}),
});
const emailSchema = z.object({
  email_id: z.string().min(1).optional().catch(undefined),
  to: z.array(z.string()).min(1).optional().catch(undefined),
});

export const resend: Provider = {
  source: 'resend',
  title: 'Resend',
  eventTypes,

  /**
   * `svix-signature: v1,<base64> v1,<base64> …` (several while a secret is rolled), HMAC-SHA256 of
   * `<svix-id>.<svix-timestamp>.<raw body>` keyed with what stands, in base64, behind `whsec_` in the secret.
   */
  verify(request, secrets, now) {
    const [id, timestamp, header] = ['svix-id', 'svix-timestamp', 'svix-signature'].map((name) =>
      headerOf(request, name),
    );
    if (!id || !timestamp || !header)
      return 'one of the headers svix-id, svix-timestamp and svix-signature is missing';
    const signatures = header.split(' ').flatMap((part) => {
      const [version, signature] = part.split(',', 2);
      return version === 'v1' && signature ? [Buffer.from(signature, 'base64')] : [];
    });
    if (!/^\d{1,12}$/.test(timestamp) || signatures.length === 0)
      return 'the svix-timestamp or the svix-signature header is malformed';
    const keys = secrets.flatMap(keyIn);
    if (keys.length === 0) return 'no signing secret of Resend (whsec_…) is set in the credential';
    const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), request.rawBody]);
    if (!isSignedWithOneOf(keys, signed, ...signatures)) return 'the signature is wrong';
    const ageSeconds = now.getTime() / 1000 - Number(timestamp);
    return Math.abs(ageSeconds) > TOLERANCE_SECONDS
      ? 'the signature is too old or from the future'
      : undefined;
  },

  /** The body has no id of its own: a redelivery is known by its svix-id header. */
  parse(body, now, request): IntakeEvent[] {
    const externalId = request && headerOf(request, 'svix-id');
    if (!externalId) throw new UnreadableBody(400, 'the svix-id header is missing');
    const parsed = eventSchema.safeParse(body);
    if (!parsed.success) {
      const path = parsed.error.issues[0]?.path.join('.') ?? '';
      throw new UnreadableBody(400, `not an event of Resend${path ? `: look at "${path}"` : ''}`);
    }
    const event = parsed.data;
    return [
      {
        externalId,
        type: event.type,
        // The time in `data` is when the e-mail was written, the same for all that happens to it.
        occurredAt: timeIn(event.created_at) ?? now,
        groupKey: groupKey(event.data),
        payload: event,
      },
    ];
  },
};

/** None for a secret of another provider, or one of which a part is missing. */
function keyIn(secret: string): Buffer[] {
  const key = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64');
  return key.length < SHORTEST_KEY_BYTES ? [] : [key];
}

function timeIn(written: unknown): Date | undefined {
  const at = new Date(typeof written === 'string' ? written : Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** The recipient, the first of several; else the e-mail itself. */
function groupKey(data: object): string | undefined {
  const { to, email_id: emailId } = emailSchema.parse(data);
  const [recipient] = to ?? [];
  if (recipient) return groupKeyOf('email', bareAddress(recipient));
  return emailId ? groupKeyOf('object', emailId) : undefined;
}
