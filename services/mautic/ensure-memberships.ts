import pLimit from 'p-limit';
import { MAUTIC, type MauticApi } from './api';
import type { AudienceKind, PlannedMembership } from './audiences';
import { chunks } from './chunks';
import {
  changeMembers,
  CONCURRENCY,
  CONTACTS_PER_CALL,
  readMemberships,
  type KnownMemberships,
  type MembershipCall,
} from './memberships';
import { ServiceError } from '../http';

/** What a contact is to be in, and what not. */
export interface ContactMemberships {
  contactId: number;
  /** Created a moment ago: it is in nothing yet, and that is not asked. */
  created: boolean;
  planned: Readonly<Record<AudienceKind, readonly PlannedMembership[]>>;
}

/** Something that was changed. */
export interface MembershipChange {
  kind: AudienceKind;
  /** A segment's alias, a campaign's name. */
  label: string;
  /** Whether the contact was added, rather than removed. */
  member: boolean;
}

interface Change extends Omit<MembershipChange, 'label'>, PlannedMembership {
  contact: ContactMemberships;
}

type Result = MembershipChange[] | Error;

/**
 * Gets contacts into their segments and campaigns, and out of others, in the fewest calls: what they are in is read
 * first, all together, and only what differs is changed; into a segment all at once, one call for each of everything
 * else. Segments come first; a contact that failed on one is left out of the campaigns.
 *
 * Gives what was changed, or an error, for each, in their order. A contact must not be among them twice.
 */
export async function ensureMemberships(
  api: MauticApi,
  contacts: readonly ContactMemberships[],
): Promise<Result[]> {
  const [segments, campaigns] = await Promise.all([
    readKnown(api, 'segment', contacts),
    readKnown(api, 'campaign', contacts),
  ]);
  const results = new Map<ContactMemberships, Result>(contacts.map((contact) => [contact, []]));
  await meet(api, 'segment', segments, results);
  await meet(api, 'campaign', campaigns, results);
  return contacts.map((contact) => results.get(contact) ?? new Error('the contact was left out'));
}

async function readKnown(
  api: MauticApi,
  kind: AudienceKind,
  contacts: readonly ContactMemberships[],
): Promise<KnownMemberships> {
  const asked = contacts.filter(({ created, planned }) => !created && planned[kind].length > 0);
  if (asked.length === 0) return new Map();
  const audiences = new Map(
    asked.flatMap(({ planned }) => planned[kind].map(({ audience }) => [audience.id, audience])),
  );
  const ids = asked.map(({ contactId }) => contactId);
  return readMemberships(api, kind, ids, [...audiences.values()]);
}

/** Makes the changes of one kind, and notes down in `results` what came of them. */
async function meet(
  api: MauticApi,
  kind: AudienceKind,
  known: KnownMemberships,
  results: Map<ContactMemberships, Result>,
): Promise<void> {
  const changes: Change[] = [];
  for (const [contact, result] of results) {
    if (result instanceof Error) continue;
    const current = known.get(contact.contactId) ?? new Set<number>();
    if (current instanceof Error) results.set(contact, current);
    else changes.push(...changesOf(contact, kind, current));
  }
  const limit = pLimit(CONCURRENCY);
  const errors = new Map<ContactMemberships, Error[]>();
  await Promise.all(
    callsFor(changes).map(({ call, contacts }) =>
      limit(async () => {
        const failed = await changeMembers(api, call);
        for (const contact of contacts) {
          const error = failed.get(contact.contactId);
          if (error) errors.set(contact, [...(errors.get(contact) ?? []), error]);
        }
      }),
    ),
  );
  for (const { contact, audience, member } of changes) {
    const before = results.get(contact);
    const failed = errors.get(contact);
    if (failed) results.set(contact, combined(failed));
    else if (Array.isArray(before)) before.push({ kind, label: audience.label, member });
  }
}

function changesOf(contact: ContactMemberships, kind: AudienceKind, current: ReadonlySet<number>): Change[] {
  return contact.planned[kind]
    .filter(({ audience, member }) => current.has(audience.id) !== member)
    .map((planned) => ({ ...planned, contact, kind }));
}

/** The changes as calls: those who get into one segment go together. */
function callsFor(
  changes: readonly Change[],
): Array<{ call: MembershipCall; contacts: ContactMemberships[] }> {
  const groups = new Map<string, Change[]>();
  for (const [index, change] of changes.entries()) {
    const { kind, member, audience } = change;
    const key = kind === 'segment' && member ? `segment ${audience.id}` : `change ${index}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].flatMap((group) => chunks(group, CONTACTS_PER_CALL)).flatMap(callFor);
}

function callFor(group: readonly Change[]): Array<{ call: MembershipCall; contacts: ContactMemberships[] }> {
  const [first] = group;
  if (!first) return [];
  const { kind, audience, member } = first;
  const contacts = group.map(({ contact }) => contact);
  return [
    { call: { kind, audience, member, contactIds: contacts.map(({ contactId }) => contactId) }, contacts },
  ];
}

/** Several failures of one contact as one: worth another try when any of them is. */
function combined(errors: readonly Error[]): Error {
  const [first] = errors;
  if (first && errors.length === 1) return first;
  const messages = [...new Set(errors.map(({ message }) => message))];
  const retryable = errors.some((error) => !(error instanceof ServiceError) || error.retryable);
  return new ServiceError(MAUTIC, messages.join(' '), retryable);
}
