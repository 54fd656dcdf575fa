import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import { APP_EVENTS_BEARER } from '../sandbox/identities';
import type { PreparedRequest } from './load';
import type { SandboxControl } from './sandbox-control';
import { groupBy, verdictOf, type Verdict } from './verdict';

/** Somebody who signs up. */
export interface User {
  email: string;
  plan: 'free' | 'pro';
  /** The report of it, as the application sends it. */
  request: PreparedRequest;
}

/** So many users `<prefix><number>@example.com`, with marketing consent, every second one on the pro plan. */
export function signUps(prefix: string, count: number): User[] {
  return Array.from({ length: count }, (_, number) => {
    const email = `${prefix}${number}@example.com`;
    const plan = number % 2 === 0 ? 'free' : 'pro';
    const event = {
      id: randomUUID(),
      type: 'user.registered',
      timestamp: new Date().toISOString(),
      data: { email, name: `User ${prefix}${number}`, plan, source: 'website', marketingConsent: true },
    };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${APP_EVENTS_BEARER}` };
    return { email, plan, request: { headers, body: Buffer.from(JSON.stringify(event)) } };
  });
}

const requestsSchema = z.array(
  z.object({ at: z.string(), double: z.string(), method: z.string(), status: z.number(), body: z.unknown() }),
);
const personSchema = z.object({ emails: z.object({ primaryEmail: z.string() }) });
const peopleSchema = z.union([z.array(personSchema), personSchema.transform((person) => [person])]);

export interface UserLog {
  /** When Twenty had a person of the address, which is the last step of both flows; milliseconds since 1970. */
  doneAt: ReadonlyMap<string, number>;
  calls: number;
}

/** Reads the sandbox's log of requests, which keeps the last 5,000, and empties it. */
export async function takeUserLog(sandbox: SandboxControl): Promise<UserLog> {
  const log = requestsSchema.parse(await sandbox.call('GET', '/sandbox/requests'));
  await sandbox.call('DELETE', '/sandbox/requests');
  const doneAt = new Map<string, number>();
  for (const { at, double, method, status, body } of log) {
    if (double !== 'twenty' || method !== 'POST' || status !== 201) continue;
    for (const { emails } of peopleSchema.parse(body)) doneAt.set(emails.primaryEmail, Date.parse(at));
  }
  return { doneAt, calls: log.length };
}

const mauticSchema = z.object({
  contacts: z.array(
    z.object({
      fields: z.looseObject({ email: z.string().optional(), subscription_tier: z.unknown() }),
      segments: z.array(z.number()),
      campaigns: z.array(z.number()),
    }),
  ),
  segments: z.array(z.object({ id: z.number(), alias: z.string() })),
  campaigns: z.array(z.object({ id: z.number(), name: z.string() })),
});
const twentySchema = z.object({ people: z.array(z.object({ values: personSchema.partial() })) });

/**
 * Right is a user with one contact that has the plan, the segments and the campaign, and one person; lost one who lacks any of
 * these; doubled one with several contacts or people.
 */
export async function verify(sandbox: SandboxControl, users: readonly User[]): Promise<Verdict> {
  const mautic = mauticSchema.parse(await sandbox.call('GET', '/sandbox/state/mautic'));
  const twenty = twentySchema.parse(await sandbox.call('GET', '/sandbox/state/twenty'));
  const segmentIds = new Map(mautic.segments.map(({ id, alias }) => [alias, id]));
  const welcome = mautic.campaigns.find(({ name }) => name === 'Welcome')?.id;
  const contactsOf = groupBy(mautic.contacts, ({ fields }) => fields.email);
  const peopleOf = groupBy(twenty.people, ({ values }) => values.emails?.primaryEmail);
  return verdictOf(
    users.map(({ email, plan }) => {
      const contacts = contactsOf.get(email) ?? [];
      const people = peopleOf.get(email) ?? [];
      const [contact] = contacts;
      if (!contact || people.length === 0) return 'lost';
      if (contacts.length > 1 || people.length > 1) return 'doubled';
      const wanted = ['new-users', `${plan}-tier`].map((alias) => segmentIds.get(alias));
      const isIn =
        wanted.every((id) => id !== undefined && contact.segments.includes(id)) &&
        welcome !== undefined &&
        contact.campaigns.includes(welcome);
      if (!isIn) return 'lost';
      return contact.fields.subscription_tier === plan ? 'right' : 'wrong';
    }),
  );
}
