import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import type { Double, DoubleContext, Json, SandboxResponse } from '../double';
import { escapeHtml, htmlBadge, htmlTable, htmlTime } from '../html';

const planSchema = z.enum(['free', 'pro', 'enterprise']);
type Plan = z.output<typeof planSchema>;

const userSchema = z.strictObject({ email: z.string(), name: z.string(), plan: planSchema.nullable() });
const sentSchema = z.strictObject({
  at: z.iso.datetime(),
  id: z.string(),
  type: z.string(),
  email: z.string(),
  /** What was answered; 0 for nothing. */
  status: z.int(),
});
const endpointSchema = z.strictObject({ url: z.string(), token: z.string() });
const stateSchema = z.strictObject({
  /** Where events go, and with which token; null before an admin has entered it. */
  endpoint: endpointSchema.nullable(),
  users: z.array(userSchema),
  sent: z.array(sentSchema),
});

type State = z.output<typeof stateSchema>;

/** Somebody who is there from the beginning, for buttons that name nobody. */
const SOMEBODY = { email: 'rosa.keller@example.com', name: 'Rosa Keller' };

const personSchema = z.object({ email: z.string().optional(), name: z.string().optional() });
/** When it happened, unless just now; how often it is sent, all at once. */
const sendingSchema = z.object({
  id: z.string().optional(),
  timestamp: z.iso.datetime().optional(),
  copies: z.int().min(1).max(100).default(1),
});
const registrationSchema = personSchema.extend({
  ...sendingSchema.shape,
  plan: planSchema.default('free'),
  source: z.string().optional(),
  marketingConsent: z.boolean().default(true),
  timeZone: z.string().optional(),
});
const planChangeSchema = personSchema.extend({
  ...sendingSchema.shape,
  plan: planSchema,
  previousPlan: planSchema.optional(),
});
const churnSchema = personSchema.extend({
  ...sendingSchema.shape,
  reason: z.string().default('too expensive'),
});
const loginSchema = personSchema.extend({ ...sendingSchema.shape, timeZone: z.string().optional() });
const customSchema = personSchema.extend({
  ...sendingSchema.shape,
  event: z.string().default('report.exported'),
  properties: z.record(z.string(), z.json()).default({}),
});

const MOST_SENT = 2_000;
const SHOWN = 12;
const RANKS: Readonly<Record<Plan, number>> = { free: 0, pro: 1, enterprise: 2 };

/** The application whose users it is about: it has no API that anybody calls, and reports what its users do. */
export class AppDouble implements Double {
  readonly name = 'app';
  readonly title = 'Your application';
  private held: State = freshState();

  constructor(private readonly context: DoubleContext) {}

  readonly actions: Double['actions'] = {
    /** `{ email, name, plan, source, marketingConsent, timeZone }`; as in all of these also `id`, `timestamp` and `copies`. */
    register: async (input) => {
      const { email, name, plan, source, marketingConsent, timeZone, ...sending } =
        registrationSchema.parse(input);
      const user = { ...named({ email, name }), plan };
      this.put(user);
      const data = {
        email: user.email,
        name: user.name,
        plan,
        ...(source && { source }),
        marketingConsent,
        ...(timeZone && { timeZone }),
      };
      return await this.send('user.registered', data, sending);
    },
    changePlan: async (input) => {
      const { email, name, plan, previousPlan, ...sending } = planChangeSchema.parse(input);
      const user = this.user({ email, name });
      const before = previousPlan ?? user.plan ?? 'free';
      if (before === plan) throw new Error(`${user.email} is on ${plan} already.`);
      this.put({ ...user, plan });
      const type = RANKS[plan] > RANKS[before] ? 'user.upgraded' : 'user.downgraded';
      return await this.send(type, { email: user.email, previousPlan: before, newPlan: plan }, sending);
    },
    churn: async (input) => {
      const { email, name, reason, ...sending } = churnSchema.parse(input);
      const user = this.user({ email, name });
      this.put({ ...user, plan: null });
      return await this.send('user.churned', { email: user.email, reason }, sending);
    },
    logIn: async (input) => {
      const { email, name, timeZone, ...sending } = loginSchema.parse(input);
      const data = { email: this.user({ email, name }).email, ...(timeZone && { timeZone }) };
      return await this.send('user.loggedIn', data, sending);
    },
    /** Anything else that a user does: `{ email, event, properties }`. */
    custom: async (input) => {
      const { email, name, event, properties, ...sending } = customSchema.parse(input);
      return await this.send(
        'user.custom',
        { email: this.user({ email, name }).email, name: event, properties },
        sending,
      );
    },
    /** From sign-up to churn, one after the other. */
    liveALife: async (input) => {
      const person = named(personSchema.parse(input));
      const steps: Array<[string, object]> = [
        ['register', { plan: 'free', source: 'website' }],
        ['logIn', {}],
        ['custom', { event: 'report.exported', properties: { format: 'pdf' } }],
        ['changePlan', { plan: 'enterprise' }],
        ['changePlan', { plan: 'pro' }],
        ['churn', {}],
      ];
      for (const [action, more] of steps) await this.actions[action]?.({ ...person, ...more });
      return person;
    },
  };

  async handle(): Promise<SandboxResponse> {
    return { status: 404, body: 'Your application has no API here; it reports events.' };
  }

  state(): Json {
    return structuredClone(this.held);
  }

  /** What is left out stays as it is. */
  load(state: Json): void {
    this.held = { ...this.held, ...stateSchema.partial().parse(state) };
    this.context.changed();
  }

  /** Users and events go; where events are sent to stays, as the other systems' addresses do. */
  reset(): void {
    this.held = { ...freshState(), endpoint: this.held.endpoint };
    this.context.changed();
  }

  render(): string {
    const { endpoint, users, sent } = this.held;
    const newest = sent.slice(-SHOWN).reverse();
    return [
      endpoint ? '' : '<p class="note">No address is entered: events go nowhere.</p>',
      `<h3>Users (${users.length})</h3>`,
      htmlTable(
        ['Name', 'E-mail', 'Plan'],
        users
          .slice(-SHOWN)
          .reverse()
          .map(({ name, email, plan }) => [
            escapeHtml(name),
            escapeHtml(email),
            plan ? htmlBadge(plan, 'good') : htmlBadge('left', 'warn'),
          ]),
        'Nobody has signed up yet.',
      ),
      `<h3>Events (${sent.length})</h3>`,
      htmlTable(
        ['Event', 'User', 'Answer', 'Sent'],
        newest.map(({ type, email, status, at }) => [
          escapeHtml(type),
          escapeHtml(email),
          htmlBadge(status === 0 ? 'none' : String(status), status === 200 ? 'good' : 'bad'),
          htmlTime(at),
        ]),
        'Nothing was reported yet.',
      ),
    ].join('');
  }

  private user(person: z.output<typeof personSchema>): State['users'][number] {
    const wanted = named(person);
    return this.held.users.find(({ email }) => email === wanted.email) ?? { ...wanted, plan: 'free' };
  }

  private put(user: State['users'][number]): void {
    this.held.users = [...this.held.users.filter(({ email }) => email !== user.email), user];
    this.context.changed();
  }

  private async send(
    type: string,
    data: { email: string; [key: string]: Json },
    { id = randomUUID(), timestamp = new Date().toISOString(), copies }: z.output<typeof sendingSchema>,
  ): Promise<Json> {
    const body = JSON.stringify({ id, type, timestamp, data });
    const statuses = await Promise.all(Array.from({ length: copies }, () => this.post(body)));
    const at = new Date().toISOString();
    const sent = statuses.map((status) => ({ at, id, type, email: data.email, status }));
    this.held.sent = [...this.held.sent, ...sent].slice(-MOST_SENT);
    this.context.changed();
    return { id, statuses };
  }

  private async post(body: string): Promise<number> {
    const { endpoint } = this.held;
    if (!endpoint) return 0;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${endpoint.token}` };
    return (await this.context.post(endpoint.url, headers, body)).status;
  }
}

function named({ email, name }: z.output<typeof personSchema>): { email: string; name: string } {
  if (email === undefined) return { ...SOMEBODY, ...(name !== undefined && { name }) };
  return { email, name: name ?? email.split('@')[0] ?? email };
}

function freshState(): State {
  return { endpoint: null, users: [], sent: [] };
}
