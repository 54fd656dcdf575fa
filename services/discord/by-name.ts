import { ServiceError } from '../http';
import { nearestNames } from '../names';
import { DISCORD } from './refusal';

const NEAR_NAMES = 3;

export interface Named {
  id: string;
  /** By which of these it can be called, the shortest first. */
  names: readonly string[];
}

/**
 * The one that has this name; upper and lower case matter only where both exist. `undefined` when there is none. Throws a
 * `ServiceError`, not retryable, when several have it.
 */
export function byName<Entry extends Named>(
  entries: readonly Entry[],
  wanted: string,
  kind: string,
): Entry | undefined {
  const exact = entries.filter(({ names }) => names.includes(wanted));
  const loose = entries.filter(({ names }) => names.some((name) => sameText(name, wanted)));
  const [found, another] = exact.length > 0 ? exact : loose;
  if (!another) return found;
  const choices = [found, another].map((entry) => `"${entry?.names.at(-1)}" (ID ${entry?.id})`);
  throw new ServiceError(
    DISCORD,
    `${DISCORD} has more than one ${kind} named "${wanted}": ${choices.join(', ')}. Rename one of them in Discord, or ` +
      'say in the node which one is meant.',
    false,
  );
}

/** To be thrown when there is none of this name: not retryable, with the names that come nearest. */
export function unknownName(entries: readonly Named[], wanted: string, kind: string): ServiceError {
  const names = [...new Set(entries.flatMap(({ names: [name] }) => name ?? []))];
  const near = nearestNames(names, wanted, NEAR_NAMES).map((name) => `"${name}"`);
  const hint = near.length > 0 ? ` The names that come nearest: ${near.join(', ')}.` : '';
  return new ServiceError(
    DISCORD,
    `${DISCORD} has no ${kind} "${wanted}" in this server.${hint} Create it in Discord, or choose another one in the node.`,
    false,
  );
}

function sameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
