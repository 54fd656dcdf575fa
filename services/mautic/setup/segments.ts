import { notPossible, type MauticApi } from '../api';
import { createdResult, ensureEach, foundResult, isAliasMadeUnique, type SetupResult } from './result';
import { oneSegment, setupSegment, type SetupSegment } from './schemas';

/** A segment that workflows put contacts into and take them out of, by its alias. It gets no filters. */
export interface SegmentDefinition {
  name: string;
  alias: string;
  description: string;
}

const PATH = '/api/segments';
const ADVICE = { 403: `Give the role of the API user the permission "Segments: Create".` };

/** Creates the segments that Mautic lacks, visible for all its users, and says of those it has what is in the way. */
export async function ensureSegments(
  api: MauticApi,
  definitions: readonly SegmentDefinition[],
): Promise<Array<SetupResult | Error>> {
  const segments = await listSegments(api);
  return await ensureEach(definitions, async ({ name, alias, description }) => {
    checkDefinition(name, alias);
    const found =
      segments.find((segment) => segment.alias === alias) ??
      segments.find((segment) => segment.name === name && isAliasMadeUnique(segment.alias, alias));
    if (found) {
      const unpublished = found.published ? [] : ['it is not published: publish it under Segments'];
      const differences = [...aliasDifference(found, alias), ...unpublished];
      return foundResult('segment', alias, { id: found.id, differences });
    }
    const body = { name, alias, description, isPublished: true, isGlobal: true };
    const action = `create the segment "${alias}"`;
    const call = { action, method: 'POST', path: `${PATH}/new`, body, advice: ADVICE } as const;
    const { value } = await api.call(call, oneSegment);
    segments.push(value.list);
    return createdResult('segment', alias, {
      id: value.list.id,
      differences: aliasDifference(value.list, alias),
    });
  });
}

/** All segments, as they are now. */
export function listSegments(api: MauticApi): Promise<SetupSegment[]> {
  // Without `minimal` each comes with its filters.
  const query = { minimal: '1' };
  return api.list({ action: 'list its segments', path: PATH, key: 'lists', query }, setupSegment);
}

function checkDefinition(name: string, alias: string): void {
  if (name === '') throw notPossible(`create the segment "${alias}": it has no name. Give it one`);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(alias)) {
    throw notPossible(
      `create the segment "${alias || name}": an alias is made of small letters, digits and single hyphens between them. Change the alias`,
    );
  }
}

function aliasDifference(segment: SetupSegment, alias: string): string[] {
  return segment.alias === alias
    ? []
    : [
        `Mautic gave it the alias "${segment.alias}", since "${alias}" is taken; workflows look for "${alias}"`,
      ];
}
