import type { MauticApi } from './api';
import { audiencesFor, type AudienceKind } from './audiences';
import { chunks } from './chunks';
import {
  declaredMemberships,
  planFor,
  type ContactDeclaration,
  type KnownNames,
  type Plan,
} from './declaration';
import { ensureMemberships, type MembershipChange } from './ensure-memberships';
import { contactFields } from './fields';
import { meetPlans, type MetPlan } from './meet-plans';
import type { Contact } from './schemas';
import { plainValue } from './values';
import { orError } from '../http';

/** Contacts that are looked at together. */
const CONTACTS_PER_LOOK = 100;

/** A contact as it is once the declaration holds. */
export interface EnsuredContact {
  contact: Contact;
  created: boolean;
  /** Aliases of the fields that were written. */
  changed: string[];
  /** The declared fields with the values Mautic now has. */
  fields: Record<string, unknown>;
  /** What it is in; left out when the declaration names no segment and no campaign. */
  audience?: EnsuredAudience;
}

/** Of the segments and campaigns that are declared. */
export interface EnsuredAudience {
  /** Aliases of the segments it is in. */
  segments: string[];
  /** Names of the campaigns it is in. */
  campaigns: string[];
  /** Those that it is not in. */
  outOf: { segments: string[]; campaigns: string[] };
  /** What it was added to and removed from. */
  changes: MembershipChange[];
}

type Result = EnsuredContact | Error;

/**
 * Makes contacts look as declared, in the fewest calls: one to find up to 100 of them, one to write up to 25 of those
 * that differ, one to confirm what was written; then one to read what they are in, one for each segment to add those
 * who are not in it yet, and one for each other change. Contacts that already look as declared cost no more than reading;
 * what was just created is in nothing, which is not read.
 *
 * Fields come first, then segments, then campaigns, whose first mail may need either. Gives a result or an error for each
 * declaration, in their order; one that already is an error stays it. All of it may be repeated: a failure half-way is
 * healed by the next try. Declarations for one address or id are met one after the other.
 */
export async function ensureContacts(
  api: MauticApi,
  declarations: ReadonlyArray<ContactDeclaration | Error>,
): Promise<Result[]> {
  const known = await knownNames(
    api,
    declarations.flatMap((declaration) => (declaration instanceof Error ? [] : declaration)),
  );
  const plans = declarations.map((declaration) =>
    declaration instanceof Error ? declaration : orError(() => planFor(declaration, known)),
  );
  const met = await meetAll(
    api,
    plans.flatMap((plan) => (plan instanceof Error ? [] : plan)),
  );
  const changes = await membershipChanges(api, met);
  return plans.map((plan) => (plan instanceof Error ? plan : resultOf(plan, met, changes)));
}

async function knownNames(api: MauticApi, declarations: readonly ContactDeclaration[]): Promise<KnownNames> {
  const audiences = (kind: AudienceKind) =>
    audiencesFor(
      api,
      kind,
      declarations.flatMap((declaration) => declaredMemberships(declaration, kind)),
    );
  const [fields, segment, campaign] = await Promise.all([
    contactFields(
      api,
      declarations.flatMap((declaration) => declaration.fields),
    ),
    audiences('segment'),
    audiences('campaign'),
  ]);
  return { fields, audiences: { segment, campaign } };
}

async function meetAll(api: MauticApi, plans: readonly Plan[]): Promise<Map<Plan, MetPlan | Error>> {
  const results = new Map<Plan, MetPlan | Error>();
  // An id is never in a round with an address, since both may be of one contact.
  const rounds = roundsBy(plans, ({ contact }) => ('id' in contact ? 'id' : 'email'), referenceOf);
  for (const group of rounds.flatMap((round) => chunks(round, CONTACTS_PER_LOOK))) {
    for (const [plan, result] of await meetPlans(api, group)) results.set(plan, result);
  }
  return results;
}

function referenceOf({ contact }: Plan): string | number {
  return 'id' in contact ? contact.id : contact.email;
}

/** What was changed about what each contact is in, or why that failed. */
async function membershipChanges(
  api: MauticApi,
  met: ReadonlyMap<Plan, MetPlan | Error>,
): Promise<ReadonlyMap<Plan, MembershipChange[] | Error>> {
  const results = new Map<Plan, MembershipChange[] | Error>();
  const due = [...met].flatMap(([plan, result]) => {
    const { segment, campaign } = plan.memberships;
    if (result instanceof Error || segment.length + campaign.length === 0) return [];
    return [{ plan, contactId: result.contact.id, created: result.created, planned: plan.memberships }];
  });
  for (const round of roundsBy(
    due,
    () => '',
    ({ contactId }) => contactId,
  )) {
    const changes = await ensureMemberships(api, round);
    round.forEach(({ plan }, index) =>
      results.set(plan, changes[index] ?? new Error('the contact was left out')),
    );
  }
  return results;
}

function resultOf(
  plan: Plan,
  met: ReadonlyMap<Plan, MetPlan | Error>,
  changesByPlan: ReadonlyMap<Plan, MembershipChange[] | Error>,
): Result {
  const result = met.get(plan) ?? new Error('the contact was left out');
  const changes = changesByPlan.get(plan);
  if (result instanceof Error) return result;
  if (changes instanceof Error) return changes;
  const { contact, created, changed } = result;
  const fields = plan.fields.map(({ field }) => [
    field.alias,
    plainValue(field, contact.fields[field.alias]),
  ]);
  return {
    contact,
    created,
    changed,
    fields: Object.fromEntries(fields) as Record<string, unknown>,
    ...(changes && {
      audience: { ...audiences(plan, true), outOf: audiences(plan, false), changes },
    }),
  };
}

/** Of what is declared, what the contact is a member of, or not. */
function audiences({ memberships }: Plan, isMember: boolean): { segments: string[]; campaigns: string[] } {
  const labels = (kind: AudienceKind): string[] =>
    memberships[kind].filter(({ member }) => member === isMember).map(({ audience }) => audience.label);
  return { segments: labels('segment'), campaigns: labels('campaign') };
}

/** Groups, of one kind each, in which every key stands once: no call may hold one contact twice. */
function roundsBy<Entry>(
  entries: readonly Entry[],
  kindOf: (entry: Entry) => string,
  keyOf: (entry: Entry) => string | number,
): Entry[][] {
  const groups = new Map<string, Entry[]>();
  const seen = new Map<string | number, number>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    const name = `${kindOf(entry)} ${round}`;
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  return [...groups.values()];
}
