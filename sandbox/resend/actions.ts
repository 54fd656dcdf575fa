import { z } from 'zod/v4';
import type { Double, DoubleContext, Json } from '../double';
import { addressIn, domainOf } from './addresses';
import type { IdempotencyKeys } from './idempotency';
import type { Deliveries } from './deliveries';
import type { Happening } from './events';
import { bounced, recipientsOf, type Postman } from './postman';
import { linksOf, oneClickAddressOf } from './reading';
import type { Domain, Mail, ResendState, StoredEvent } from './state';

/** Which mail it is about, when it happened, and how it is told. */
const commonSchema = z.object({
  /** Default: the newest mail, or the newest one to `to`. */
  emailId: z.string().optional(),
  to: z.string().optional(),
  /** Just now unless given. */
  timestamp: z.iso.datetime().optional(),
  /** Not delivered, it can be sent by `redeliver`, in any order. */
  deliver: z.boolean().default(true),
  /** How often it is delivered at the same time. */
  copies: z.int().min(1).max(100).default(1),
});
const clickSchema = commonSchema.extend({ link: z.string().optional() });
const bounceSchema = commonSchema.extend({
  type: z
    .string()
    .transform((type) => type.charAt(0).toUpperCase() + type.slice(1).toLowerCase())
    .pipe(z.enum(['Permanent', 'Transient', 'Undetermined']))
    .default('Permanent'),
});
const failSchema = commonSchema.extend({ reason: z.string().default('reached_daily_quota') });
const mailSchema = commonSchema.pick({ emailId: true, to: true });
const redeliverSchema = z.object({
  /** Which events; default the newest one of those that fit the others. */
  eventIds: z.array(z.string()).optional(),
  emailId: z.string().optional(),
  type: z.string().optional(),
  /** All that fit instead of the newest one. */
  all: z.boolean().default(false),
  shuffle: z.boolean().default(false),
  copies: z.int().min(1).max(100).default(1),
});
const rateSchema = z.object({ perSecond: z.int().positive() });
const quotaSchema = z.object({
  daily: z.int().nonnegative().nullable().optional(),
  monthly: z.int().nonnegative().nullable().optional(),
});
const workSchema = z.object({ milliseconds: z.int().min(0).max(60_000) });
const deliverySchema = z.object({
  arrives: z.boolean().optional(),
  webhooks: z.enum(['inOrder', 'shuffled', 'held']).optional(),
});
const dueSchema = z.object({ days: z.number().min(0).default(0), by: z.iso.datetime().optional() });

const DAY_MS = 86_400_000;
const READER = { ipAddress: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Sandbox/1.0' };

type Common = z.output<typeof commonSchema>;
type Told = Pick<Happening, 'event' | 'details'>;

interface Parts {
  state: ResendState;
  context: DoubleContext;
  postman: Postman;
  deliveries: Deliveries;
  keys: IdempotencyKeys;
}

/** What readers, their mail servers and the team's admin do. */
export function resendActions({ state, context, postman, deliveries, keys }: Parts): Double['actions'] {
  const engagement =
    <Input extends Common>(
      schema: z.ZodType<Input>,
      happening: (input: Input, about: { mail: Mail; recipients: string[]; at: string }) => Told,
    ) =>
    async (given: Json): Promise<Json> => {
      const input = schema.parse(given);
      const mail = sentMail(state, input);
      const at = input.timestamp ?? new Date().toISOString();
      const recipients = recipientsIn(mail, input.to);
      const told = { recipients, at, ...happening(input, { mail, recipients, at }) };
      const order = input.deliver ? 'inOrder' : 'held';
      const { eventIds, statuses } = await postman.tell(mail, [told], { order, copies: input.copies });
      context.changed();
      return { emailId: mail.id, eventId: eventIds[0] ?? null, statuses };
    };

  const changeSettings = (change: Partial<ResendState['settings']>): Json => {
    state.settings = { ...state.settings, ...change };
    context.changed();
    return { ...state.settings };
  };

  return {
    /** It arrives; only of use when mails do not arrive by themselves. */
    deliver: engagement(commonSchema, () => ({ event: 'delivered' })),
    open: engagement(commonSchema, (_, { mail }) => {
      if (!trackedDomain(state, mail)?.openTracking) throw new Error('The domain does not track opens.');
      return { event: 'opened' };
    }),
    /** `{ link }`; default the first one. */
    click: engagement(clickSchema, ({ link: asked }, { mail, at: timestamp }) => {
      if (!trackedDomain(state, mail)?.clickTracking) throw new Error('The domain does not track clicks.');
      const link = linkOf(mail, asked);
      return { event: 'clicked', details: { click: { link, timestamp, ...READER } } };
    }),
    /** `{ type }`: Permanent (the address is suppressed then), Transient or Undetermined. */
    bounce: engagement(bounceSchema, ({ type }, { recipients, at }) => bounced(recipients, at, type)),
    /** Marked as spam; the address is suppressed. */
    complain: engagement(commonSchema, () => ({ event: 'complained' })),
    delay: engagement(commonSchema, () => ({ event: 'delivery_delayed' })),
    fail: engagement(failSchema, ({ reason }) => ({ event: 'failed', details: { failed: { reason } } })),
    /** The one-click request of a mail client (RFC 8058), to this machine only; gives what was answered. */
    unsubscribe: async (given) => {
      const mail = sentMail(state, mailSchema.parse(given));
      const address = oneClickAddressOf(mail);
      if (address === undefined) {
        throw new Error(
          'The mail has no List-Unsubscribe with an address for one click (List-Unsubscribe-Post).',
        );
      }
      if (!isLoopback(address))
        throw new Error(`The sandbox calls this machine only, not ${new URL(address).host}.`);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const { status, body } = await context.post(address, headers, 'List-Unsubscribe=One-Click');
      return { emailId: mail.id, status, body };
    },
    /** `{ eventIds, emailId, type, all, shuffle, copies }`: sends again, or for the first time what was held. */
    redeliver: async (given) => {
      const { shuffle, copies, ...asked } = redeliverSchema.parse(given);
      const events = eventsToResend(state, asked);
      const statuses = await deliveries.send(events, { order: shuffle ? 'shuffled' : 'inOrder', copies });
      return { eventIds: events.map(({ id }) => id), statuses };
    },
    /** `{ days, by }`: as if so much time had passed for the scheduled mails. */
    sendScheduled: async (given) => {
      const { days, by } = dueSchema.parse(given);
      return { sent: postman.sendDue(by === undefined ? Date.now() + days * DAY_MS : Date.parse(by)) };
    },
    setRateLimit: async (given) => changeSettings({ requestsPerSecond: rateSchema.parse(given).perSecond }),
    /** `{ daily, monthly }`; null: none. */
    setQuota: async (given) => {
      const { daily, monthly } = quotaSchema.parse(given);
      return changeSettings({
        ...(daily !== undefined && { dailyQuota: daily }),
        ...(monthly !== undefined && { monthlyQuota: monthly }),
      });
    },
    /** `{ milliseconds }`: how long accepting takes, during which an idempotency key is in use. */
    setWorkTime: async (given) => changeSettings({ workMs: workSchema.parse(given).milliseconds }),
    /** `{ arrives, webhooks }`: whether mails arrive by themselves, and how that is told. */
    setDelivery: async (given) => {
      const { arrives, webhooks } = deliverySchema.parse(given);
      return changeSettings({
        ...(arrives !== undefined && { arrives }),
        ...(webhooks !== undefined && { webhooks }),
      });
    },
    /** The 24 hours of all idempotency keys are over. */
    expireKeys: async () => {
      keys.clear();
      return { ok: true };
    },
    /** `{ to }`: the team takes an address off its list of those that nothing is sent to. */
    unsuppress: async (given) => {
      const { to } = z.object({ to: z.string() }).parse(given);
      const removed = state.suppressions.delete(addressIn(to) ?? '');
      context.changed();
      return { removed };
    },
  };
}

/** @throws Error for a person when there is no such mail, or it is not sent yet */
function sentMail({ mails }: ResendState, { emailId, to }: Pick<Common, 'emailId' | 'to'>): Mail {
  const address = to === undefined ? undefined : addressIn(to);
  const isTo = (mail: Mail): boolean =>
    to === undefined || recipientsOf(mail).some((recipient) => addressIn(recipient) === address);
  const mail = emailId === undefined ? mails.all().findLast(isTo) : mails.get(emailId);
  if (!mail) {
    const which = emailId === undefined ? (to === undefined ? '' : ` to ${to}`) : ` "${emailId}"`;
    throw new Error(`Resend has no mail${which}.`);
  }
  if (['queued', 'scheduled', 'canceled'].includes(mail.lastEvent)) {
    throw new Error(`The mail is not sent: it is ${mail.lastEvent}.`);
  }
  return mail;
}

function recipientsIn(mail: Mail, to: string | undefined): string[] {
  const all = recipientsOf(mail);
  if (to === undefined) return all;
  const chosen = all.filter((recipient) => addressIn(recipient) === addressIn(to));
  if (chosen.length === 0) throw new Error(`The mail does not go to ${to}.`);
  return chosen;
}

function trackedDomain({ domains }: ResendState, { from }: Mail): Domain | undefined {
  const name = domainOf(addressIn(from) ?? '');
  return domains.all().find((domain) => domain.name === name);
}

function linkOf(mail: Mail, asked: string | undefined): string {
  const links = linksOf(mail);
  const link = asked === undefined ? links[0] : links.find((candidate) => candidate === asked);
  if (link === undefined)
    throw new Error(asked === undefined ? 'The mail has no link.' : 'The mail has no such link.');
  return link;
}

function eventsToResend(
  { events }: ResendState,
  { eventIds, emailId, type, all }: { eventIds?: string[]; emailId?: string; type?: string; all: boolean },
): StoredEvent[] {
  if (eventIds) {
    return eventIds.map((id) => {
      const event = events.get(id);
      if (!event) throw new Error(`Resend has no event "${id}".`);
      return event;
    });
  }
  const fitting = events
    .all()
    .filter(
      (event) =>
        (emailId === undefined || event.emailId === emailId) && (type === undefined || event.type === type),
    );
  if (fitting.length === 0) throw new Error('Resend has no event of the kind yet.');
  return all ? fitting : fitting.slice(-1);
}

function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
