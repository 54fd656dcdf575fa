import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod/v4';
import {
  UnreadableBody,
  groupKeyOf,
  headerOf,
  type EventType,
  type IntakeEvent,
  type Provider,
} from '../provider';

const email = z.email();
const plan = z.enum(['free', 'pro', 'enterprise']);

/** What each event of the SaaS back end says, beside who it is about. */
const dataOf = {
  'user.registered': z.strictObject({
    email,
    name: z.string().min(1).optional(),
    plan,
    source: z.string().min(1).optional(),
    marketingConsent: z.boolean().default(false),
  }),
  'user.upgraded': z.strictObject({ email, previousPlan: plan, newPlan: plan }),
  'user.downgraded': z.strictObject({ email, previousPlan: plan, newPlan: plan }),
  'user.churned': z.strictObject({ email, reason: z.string().min(1).optional() }),
  'user.loggedIn': z.strictObject({ email }),
  'user.custom': z.strictObject({
    email,
    name: z.string().min(1),
    properties: z.record(z.string(), z.unknown()).default({}),
  }),
} as const;

type AppEventType = keyof typeof dataOf;

const titles: Readonly<Record<AppEventType, string>> = {
  'user.registered': 'User registered',
  'user.upgraded': 'User upgraded',
  'user.downgraded': 'User downgraded',
  'user.churned': 'User churned',
  'user.loggedIn': 'User logged in',
  'user.custom': 'Custom event',
};

const isAppEventType = (type: string): type is AppEventType => Object.hasOwn(dataOf, type);

const eventTypes: readonly EventType[] = Object.entries(titles).map(([type, title]) => ({
  type,
  title,
  ...(type === 'user.registered' && {
    sample: {
      id: 'sample',
      type,
      timestamp: '2026-01-01T12:00:00Z',
      data: { email: 'ada@example.com', name: 'Ada Lovelace', plan: 'free', marketingConsent: true },
    },
  }),
}));

const envelopeSchema = z.strictObject({
  /** The sender's own id of the event; the same on a repeated delivery. */
  id: z.string().min(1).max(200).optional(),
  type: z.string().min(1),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  data: z.looseObject({}),
});

export const app: Provider = {
  source: 'app',
  title: 'App Events',
  eventTypes,

  /** `Authorization: Bearer <token>`, compared in constant time. */
  verify(request, secrets) {
    const header = headerOf(request, 'authorization');
    const token = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
    if (token === undefined) return 'the bearer token is missing';
    const given = digest(token);
    return secrets.some((secret) => timingSafeEqual(digest(secret), given))
      ? undefined
      : 'the bearer token is wrong';
  },

  parse(body, now): IntakeEvent[] {
    const envelope = read(envelopeSchema, body);
    const { id, type, timestamp } = envelope;
    if (!isAppEventType(type)) {
      throw new UnreadableBody(
        422,
        `type: "${type}" is unknown; known are ${Object.keys(dataOf).join(', ')}`,
      );
    }
    if (id === undefined && timestamp === undefined) {
      throw new UnreadableBody(
        422,
        'id: send an id or a timestamp, so that a repeated delivery can be recognised',
      );
    }
    const data = read<{ email: string }>(dataOf[type], envelope.data, 'data');
    return [
      {
        externalId: id ?? digest(JSON.stringify([type, timestamp, data])).toString('hex'),
        type,
        occurredAt: timestamp === undefined ? now : new Date(timestamp),
        groupKey: groupKeyOf('email', data.email),
        payload: { ...envelope, data },
      },
    ];
  },
};

function read<Value>(schema: z.ZodType<Value>, value: unknown, parent?: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [...(parent === undefined ? [] : [parent]), ...(issue?.path ?? [])].join('.');
  throw new UnreadableBody(422, `${path ? `${path}: ` : ''}${issue?.message ?? 'not as expected'}`);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
