import { z } from 'zod/v4';
import type { EventOfItem } from './event-of-item';
import type { Facts, Said } from './said';

/** Subject of all plan statements of the application: it knows of one plan a user. */
const SUBJECT = 'app';

const email = z.string().trim().min(1);
const tier = z.enum(['free', 'pro', 'enterprise']);
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** Anything but a text says nothing, as does a zone that there is not: the rest of the event still counts. */
const timeZone = z.string().optional().catch(undefined);

const timestamp = z.object({ timestamp: time });

/** By the event's type, what it says happened `at`; of statements with the same time the higher rank counts as the later one. */
const factsOf: Readonly<Record<string, (at: Date) => z.ZodType<Facts>>> = {
  'user.registered': (at) =>
    z
      .object({
        email,
        plan: tier,
        name: z.string().optional(),
        source: z.string().optional(),
        marketingConsent: z.boolean().default(false),
        timeZone,
      })
      .transform(({ plan, source, timeZone: zone, ...person }) => ({
        ...person,
        ...zoneAt(zone, at),
        signedUpAt: at,
        ...(source !== undefined && { signupSource: source }),
        plan: { subject: SUBJECT, asOf: at, rank: 0, tier: plan, status: 'active', signUp: true },
      })),
  'user.upgraded': planChange,
  'user.downgraded': planChange,
  'user.churned': (at) =>
    z.object({ email }).transform((person) => ({
      ...person,
      plan: { subject: SUBJECT, asOf: at, rank: 2, tier: null, status: 'churned' },
    })),
  'user.loggedIn': (at) =>
    z
      .object({ email, timeZone })
      .transform((person) => ({ email: person.email, loggedInAt: at, ...zoneAt(person.timeZone, at) })),
  'user.custom': (at) =>
    z
      .object({ email, name: z.string().min(1) })
      .transform(({ name, ...person }) => ({ ...person, activity: { name, at } })),
};

function zoneAt(name: string | undefined, at: Date): Pick<Facts, 'timeZone'> {
  return name === undefined ? {} : { timeZone: { name: name.trim(), at } };
}

function planChange(at: Date): z.ZodType<Facts> {
  return z.object({ email, newPlan: tier, previousPlan: tier.optional() }).transform((change) => ({
    email: change.email,
    plan: {
      subject: SUBJECT,
      asOf: at,
      rank: 1,
      tier: change.newPlan,
      status: 'active',
      ...(change.previousPlan && { previousTier: change.previousPlan }),
    },
  }));
}

/** Of our own events, which carry no envelope. */
const trialStarted: z.ZodType<Facts> = z
  .object({ email, name: z.string().optional(), startedAt: time, endsAt: time.optional() })
  .transform(({ startedAt, endsAt, ...person }) => ({ ...person, trial: { startedAt, endsAt } }));

/** Reads an event of the application, or of *Trial Leads*: each is about one user, and says one thing. */
export function saidByApp({ type, occurredAt, payload }: EventOfItem): Said {
  if (type === 'trial.started') return saidIn(trialStarted, payload, []);
  const at = timestamp.safeParse(payload).data?.timestamp ?? occurredAt;
  const schema = factsOf[type]?.(at);
  return schema ? saidIn(schema, payload.data, ['data']) : { nothing: {} };
}

function saidIn(schema: z.ZodType<Facts>, data: unknown, place: readonly string[]): Said {
  const facts = schema.safeParse(data);
  if (facts.success) return { facts: facts.data, nothing: {} };
  const field = [...place, ...(facts.error.issues[0]?.path ?? [])].join('.');
  const why = `the application's event does not say what it should: look at "${field}" in its payload`;
  return { nothing: { registration: why, plan: why, activity: why, trial: why } };
}
