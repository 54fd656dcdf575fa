import { notPossible, type MauticApi } from './api';
import { campaign, segment, type Audience } from './schemas';
import { asError, Cache } from '../http';

/** What contacts can be members of. */
export type AudienceKind = 'segment' | 'campaign';

/** That contacts are, or are not, in the segment or campaign of an alias, name or id. */
export interface MembershipDeclaration {
  audience: string;
  member: boolean;
}

/** A declaration whose segment or campaign has been found. */
export interface PlannedMembership {
  audience: Audience;
  member: boolean;
}

const KINDS = {
  segment: { path: '/api/segments', key: 'lists', entry: segment, menu: 'Segments' },
  campaign: { path: '/api/campaigns', key: 'campaigns', entry: campaign, menu: 'Campaigns' },
} as const;

const caches = { segment: new Cache<Audience[]>(), campaign: new Cache<Audience[]>() };

/** All segments, or campaigns, published or not. Kept for five minutes per installation. */
export function listAudiences(api: MauticApi, kind: AudienceKind): Promise<Audience[]> {
  return caches[kind].get(api.url, () => readAudiences(api, kind));
}

/** As {@link listAudiences}, past what is kept: for one that Mautic no longer knows. */
export function listAudiencesAnew(api: MauticApi, kind: AudienceKind): Promise<Audience[]> {
  return caches[kind].refresh(api.url, () => readAudiences(api, kind));
}

/**
 * Where to look for what is declared: read anew when something is missing in what is kept. An error in place of the list
 * when it cannot be read, since that is not to stop what declares none of it.
 */
export async function audiencesFor(
  api: MauticApi,
  kind: AudienceKind,
  declared: readonly MembershipDeclaration[],
): Promise<readonly Audience[] | Error> {
  if (declared.length === 0) return [];
  try {
    const kept = await listAudiences(api, kind);
    const complete = declared.every(({ audience, member }) =>
      matches(kept, audience).some(({ published }) => published || !member),
    );
    return complete ? kept : await listAudiencesAnew(api, kind);
  } catch (error) {
    return asError(error);
  }
}

/**
 * The segment with this alias, name or id, or the campaign with this name or id, whichever fits first. Throws a
 * `ServiceError`, not retryable, when there is none, when several have the name, and when contacts are to be added to one
 * that is not published: Mautic refuses that for a segment, and does nothing, without a word, for a campaign.
 */
export function plannedMembership(
  audiences: readonly Audience[],
  kind: AudienceKind,
  { audience: reference, member }: MembershipDeclaration,
): PlannedMembership {
  const { menu } = KINDS[kind];
  const name = reference.trim();
  const [audience, ...others] = matches(audiences, name);
  if (!audience) {
    throw notPossible(
      `find the ${kind} "${name}". Create it under ${menu}, or pick another one in the node. ` +
        `The API user's role must be allowed to view ${menu.toLowerCase()}, others' included`,
    );
  }
  if (others.length > 0) {
    const ids = [audience, ...others].map(({ id }) => id).join(', ');
    throw notPossible(
      `tell which ${kind} is meant: ${others.length + 1} are named "${name}" (IDs ${ids}). Rename all but one`,
    );
  }
  if (member && !audience.published) {
    throw notPossible(
      `add contacts to the ${kind} "${name}": it is not published. Publish it under ${menu}, or pick another one in the node`,
    );
  }
  return { audience, member };
}

function matches(audiences: readonly Audience[], reference: string): Audience[] {
  const name = reference.trim();
  const labelled = audiences.filter(({ label }) => label === name);
  if (labelled.length > 0) return labelled;
  const named = audiences.filter((one) => one.name.trim() === name);
  return named.length > 0 ? named : audiences.filter(({ id }) => String(id) === name);
}

function readAudiences(api: MauticApi, kind: AudienceKind): Promise<Audience[]> {
  const { path, key, entry } = KINDS[kind];
  // Without `minimal` each comes with its filters, or all its events.
  return api.list({ action: `list its ${kind}s`, path, key, query: { minimal: '1' } }, entry);
}
