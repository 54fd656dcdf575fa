import pLimit from 'p-limit';
import { isFinal, MAUTIC, type MauticApi } from './api';
import { listAudiencesAnew, type AudienceKind } from './audiences';
import {
  listOf,
  membership,
  membershipChange,
  membershipChanges,
  membershipRows,
  type Audience,
} from './schemas';
import { asError, ServiceError } from '../http';

/** Contacts in one call; keeps its address, or the time that Mautic works on it, short enough. */
export const CONTACTS_PER_CALL = 100;
/**
 * Calls for single contacts at the same time. Each occupies one PHP process of Mautic; more than this would only queue
 * there, behind the people who work in it.
 */
export const CONCURRENCY = 10;

const KINDS = {
  segment: {
    path: '/api/segments',
    listPath: 'segments',
    listKey: 'lists',
    table: 'lead_lists_leads',
    column: 'leadlist_id',
  },
  campaign: {
    path: '/api/campaigns',
    listPath: 'campaigns',
    listKey: 'campaigns',
    table: 'campaign_leads',
    column: 'campaign_id',
  },
} as const;

const ADVICE = {
  segment: {
    403: "Publish the segment and make it visible to other users, and give the API user's role the permission to edit contacts.",
  },
  campaign: { 403: "Give the API user's role the permission to edit contacts." },
};

/** Ids of the segments, or campaigns, that contacts are in, by the contact's id; an error for one that cannot be read. */
export type KnownMemberships = ReadonlyMap<number, ReadonlySet<number> | Error>;

/** Contacts that are to get into a segment or campaign, or out of it. */
export interface MembershipCall {
  kind: AudienceKind;
  audience: Audience;
  member: boolean;
  /** Several only for adding to a segment, which is the only one that Mautic has a call for. */
  contactIds: readonly number[];
}

/**
 * Which of `audiences` the contacts are in: one call for up to 100 of them, out of Mautic's own tables (`GET /api/stats/…`,
 * which needs no more than the permission to view contacts); where those are not to be had, one for each contact.
 */
export async function readMemberships(
  api: MauticApi,
  kind: AudienceKind,
  contactIds: readonly number[],
  audiences: readonly Audience[],
): Promise<KnownMemberships> {
  const tabled = await readTable(api, kind, contactIds, audiences).catch(asError);
  if (tabled instanceof Error) return new Map(contactIds.map((id) => [id, tabled]));
  if (tabled) return tabled;
  const limit = pLimit(CONCURRENCY);
  const read = contactIds.map((id) =>
    limit(async () => [id, await readContact(api, kind, id, audiences).catch(asError)] as const),
  );
  return new Map(await Promise.all(read));
}

/** `undefined` when Mautic does not give out the table. */
async function readTable(
  api: MauticApi,
  kind: AudienceKind,
  contactIds: readonly number[],
  audiences: readonly Audience[],
): Promise<KnownMemberships | undefined> {
  const { table, column } = KINDS[kind];
  const members = new Map(contactIds.map((id) => [id, new Set<number>()]));
  for (let start = 0; start < contactIds.length; start += CONTACTS_PER_CALL) {
    const some = contactIds.slice(start, start + CONTACTS_PER_CALL);
    const query = {
      'where[0][col]': 'lead_id',
      'where[0][expr]': 'in',
      'where[0][val]': some.join(','),
      'where[1][col]': column,
      'where[1][expr]': 'in',
      'where[1][val]': audiences.map(({ id }) => id).join(','),
      // There is one row for a contact and what it is in.
      limit: some.length * audiences.length,
    };
    const answer = await api
      .call(
        { action: `read who is in its ${kind}s`, method: 'GET', path: `/api/stats/${table}`, query },
        membershipRows,
      )
      .catch(asError);
    if (answer instanceof Error && !isFinal(answer)) throw answer;
    if (answer instanceof Error || !Array.isArray(answer.value)) return undefined;
    for (const { contactId, audienceId, isMember } of answer.value) {
      if (isMember && audienceId !== undefined) members.get(contactId)?.add(audienceId);
    }
  }
  return members;
}

async function readContact(
  api: MauticApi,
  kind: AudienceKind,
  contactId: number,
  audiences: readonly Audience[],
): Promise<ReadonlySet<number>> {
  const { listPath, listKey } = KINDS[kind];
  const what = `read the ${kind}s of the contact ${contactId}`;
  const { value } = await api
    .call(
      { action: what, method: 'GET', path: `/api/contacts/${contactId}/${listPath}` },
      listOf(listKey, membership),
    )
    .catch((error: unknown) => {
      throw isNotFound(error) ? gone(what) : error;
    });
  // Of campaigns this tells the published ones alone: of the others it has to be assumed, and removing is harmless.
  const hidden = kind === 'campaign' ? audiences.filter(({ published }) => !published) : [];
  return new Set([...value, ...hidden].map(({ id }) => id));
}

/** Adds or removes contacts; gives the error of each with whom that failed, by its id. Repeating it changes nothing. */
export async function changeMembers(
  api: MauticApi,
  call: MembershipCall,
): Promise<ReadonlyMap<number, Error>> {
  try {
    const refused = await sendChange(api, call);
    return new Map(refused.map((id) => [id, gone(wording(call, [id]))]));
  } catch (error) {
    const reason = isNotFound(error) ? await notFoundAnyMore(api, call) : asError(error);
    return new Map(call.contactIds.map((id) => [id, reason]));
  }
}

/** Gives the ids of the contacts that Mautic left out. */
async function sendChange(api: MauticApi, call: MembershipCall): Promise<number[]> {
  const { kind, audience, member, contactIds } = call;
  const verb = member ? 'add' : 'remove';
  const { path } = KINDS[kind];
  const options = {
    action: wording(call, contactIds),
    method: 'POST' as const,
    advice: ADVICE[kind],
    // A campaign that may be restarted begins anew with every call that adds, so one whose answer was lost is not sent again.
    repeatable: !(kind === 'campaign' && member),
  };
  const [only] = contactIds;
  if (only !== undefined && contactIds.length === 1) {
    const single = `${path}/${audience.id}/contact/${only}/${verb}`;
    const { value } = await api.call({ ...options, path: single }, membershipChange);
    return value.success ? [] : [only];
  }
  const several = `${path}/${audience.id}/contacts/${verb}`;
  const { value } = await api.call(
    { ...options, path: several, body: { ids: contactIds } },
    membershipChanges,
  );
  return contactIds.filter((id) => !value.details.get(id)?.success);
}

/** Either the contact or what it was to be in: the next try looks both up again. */
async function notFoundAnyMore(api: MauticApi, call: MembershipCall): Promise<Error> {
  const current = await listAudiencesAnew(api, call.kind).catch(asError);
  return current instanceof Error ? current : gone(wording(call, call.contactIds));
}

function wording({ kind, audience, member }: MembershipCall, contactIds: readonly number[]): string {
  const who = contactIds.length === 1 ? `the contact ${contactIds[0]}` : `${contactIds.length} contacts`;
  return `${member ? 'add' : 'remove'} ${who} ${member ? 'to' : 'from'} the ${kind} "${audience.label}"`;
}

function gone(what: string): ServiceError {
  return new ServiceError(
    MAUTIC,
    `${MAUTIC} could not ${what}: one of the two was deleted or merged at that moment. It is looked up again at the ` +
      "next try. If that stays so, check that the API user's role may edit this contact.",
    true,
  );
}

function isNotFound(error: unknown): boolean {
  return error instanceof ServiceError && error.status === 404;
}
