import { expect } from '@jest/globals';
import { openStore, type Customer, type TimelineEntry } from '../../store';
import { validateLog } from '../contract/contract';
import type { useCampaign } from './campaign';
import { until } from './until';

type Campaign = ReturnType<typeof useCampaign>;

/** The workflows that the life of a user takes. */
export const USER_WORKFLOWS: readonly string[] = [
  'intake',
  'on-error',
  'user-registered',
  'plan-changed',
  'user-churned',
  'user-activity',
  'customer-billing',
];

/** What the outside systems hold of a user. */
export interface KnownUser {
  /** How many contacts Mautic has with the address. */
  contacts: number;
  /** Aliases, sorted. */
  segments: string[];
  /** Names, sorted. */
  campaigns: string[];
  fields: Record<string, unknown>;
  /** How many people Twenty has with the address, the trash left out. */
  people: number;
  /** First and last name of the one that Twenty lists last. */
  personName: string;
}

const NOBODY: KnownUser = {
  contacts: 0,
  segments: [],
  campaigns: [],
  fields: {},
  people: 0,
  personName: '',
};

interface MauticState {
  contacts: Array<{ fields: Record<string, unknown>; segments: number[]; campaigns: number[] }>;
  segments: Array<{ id: number; alias: string }>;
  campaigns: Array<{ id: number; name: string }>;
}

interface TwentyState {
  people: Array<{
    values: {
      emails?: { primaryEmail?: string };
      name?: { firstName?: string | null; lastName?: string | null } | null;
    };
    deletedAt: string | null;
  }>;
}

/** Reads what Mautic and Twenty hold of the users, by their addresses in lower case. */
export async function knownUsers(campaign: Campaign): Promise<Map<string, KnownUser>> {
  const [mautic, twenty] = await Promise.all([
    campaign.stateOf<MauticState>('mautic'),
    campaign.stateOf<TwentyState>('twenty'),
  ]);
  const aliases = new Map(mautic.segments.map(({ id, alias }) => [id, alias]));
  const names = new Map(mautic.campaigns.map(({ id, name }) => [id, name]));
  const users = new Map<string, KnownUser>();
  const userOf = (email: string): KnownUser => {
    const user = users.get(email) ?? { ...NOBODY };
    users.set(email, user);
    return user;
  };
  for (const { fields, segments, campaigns } of mautic.contacts) {
    const user = userOf(String(fields.email ?? '').toLowerCase());
    user.contacts += 1;
    user.segments = segments.map((id) => aliases.get(id) ?? String(id)).sort();
    user.campaigns = campaigns.map((id) => names.get(id) ?? String(id)).sort();
    user.fields = fields;
  }
  for (const { values, deletedAt } of twenty.people) {
    if (deletedAt !== null) continue;
    const user = userOf(String(values.emails?.primaryEmail ?? '').toLowerCase());
    user.people += 1;
    user.personName = [values.name?.firstName, values.name?.lastName].filter(Boolean).join(' ');
  }
  return users;
}

/** What Mautic and Twenty hold of one user; a user whom neither knows has nothing. */
export async function knownUser(campaign: Campaign, email: string): Promise<KnownUser> {
  const users = await knownUsers(campaign);
  return users.get(email.toLowerCase()) ?? NOBODY;
}

/** What the store keeps of a user, and what has happened to them, newest first. */
export async function keptUser(
  campaign: Campaign,
  email: string,
): Promise<{ customer: Customer | undefined; timeline: TimelineEntry[] }> {
  const { customers } = await openStore(campaign.stack.databaseUrl);
  const [customer, timeline] = await Promise.all([customers.get(email), customers.timeline(email, 100)]);
  return { customer, timeline };
}

interface StripeState {
  events: Array<{ deliveries: Array<{ state: string }> }>;
}

/** Waits until n8n has heard of all that happened at Stripe, and everything was worked on. */
export async function allWorkedOn(campaign: Campaign, seconds?: number): Promise<void> {
  await until(async () => {
    const { events } = await campaign.stateOf<StripeState>('stripe');
    return events.every(({ deliveries }) => deliveries.every(({ state }) => state !== 'pending'));
  }, "Stripe's webhooks to be answered");
  await campaign.allSettled(seconds);
}

/** Everything was worked on, nothing is dead, and every call was one that its system documents. */
export async function expectAllDone(campaign: Campaign): Promise<void> {
  await allWorkedOn(campaign);
  const { deliveries } = await openStore(campaign.stack.databaseUrl);
  const dead = await deliveries.find({ states: ['dead'] }, 10);
  expect(dead.map(({ lastFailure }) => lastFailure)).toEqual([]);
  expect(validateLog(await campaign.requests())).toEqual([]);
}

/**
 * The system (or all of them) works again, and every back-off passes at once, as often as it takes until everything was
 * worked on.
 */
export async function healed(campaign: Campaign, system?: string): Promise<void> {
  if (system !== undefined) await campaign.fail(system);
  const { deliveries } = await openStore(campaign.stack.databaseUrl);
  await until(
    async () => {
      await campaign.passTime();
      return (await deliveries.find({ states: ['waiting', 'leased', 'failed'] }, 1)).length === 0;
    },
    'everything to be done',
    120,
  );
  await allWorkedOn(campaign);
}

/** What Slack was told of sign-ups, a line for each; not what went wrong. */
export async function toldOfSignUps(campaign: Campaign): Promise<string[]> {
  const lines = (await campaign.slackMessages()).flatMap((text) => text.split('\n'));
  return lines.filter((line) => line.includes(' has signed up: '));
}
