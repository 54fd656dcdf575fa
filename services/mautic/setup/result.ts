import { asError } from '../../http';
import { notPossible } from '../api';

export type SetupKind = 'field' | 'segment' | 'email' | 'campaign';

/** What there is in Mautic now for one definition. What exists is never changed: marketers may have edited it. */
export interface SetupResult {
  kind: SetupKind;
  /** A field's or segment's alias, an e-mail's or campaign's name: what workflows call it by. */
  name: string;
  /** `differs`: it is there, or was created, but workflows cannot rely on it as it is. */
  result: 'created' | 'present' | 'differs';
  id: number;
  /** What differs and what to do; '' when there is nothing to say. */
  detail: string;
}

/** What was found for a definition, with what is wrong with it. */
export function foundResult(
  kind: SetupKind,
  name: string,
  { id, differences }: { id: number; differences: readonly string[] },
): SetupResult {
  const result = differences.length > 0 ? 'differs' : 'present';
  return { kind, name, result, id, detail: sentence(differences) };
}

/** What was created; `differences` are what Mautic made of it otherwise than it was told. */
export function createdResult(
  kind: SetupKind,
  name: string,
  { id, differences = [], detail = '' }: { id: number; differences?: readonly string[]; detail?: string },
): SetupResult {
  if (differences.length === 0) return { kind, name, result: 'created', id, detail };
  return { kind, name, result: 'differs', id, detail: `Created, but ${sentence(differences)}` };
}

function sentence(parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${parts.join('; ')}.`;
}

/**
 * Works on definitions one after the other, since Mautic makes unique what it is given at the same time by numbers behind
 * it. One that fails does not stop the others: its error stands in its place.
 */
export async function ensureEach<Definition>(
  definitions: readonly Definition[],
  ensure: (definition: Definition) => Promise<SetupResult>,
): Promise<Array<SetupResult | Error>> {
  const results: Array<SetupResult | Error> = [];
  for (const definition of definitions) results.push(await ensure(definition).catch(asError));
  return results;
}

/** The one of this name; throws a `ServiceError`, not retryable, when several have it. */
export function onlyOneNamed<Entry extends { id: number; name: string }>(
  entries: readonly Entry[],
  name: string,
  what: string,
): Entry | undefined {
  const [found, ...others] = entries.filter((entry) => entry.name.trim() === name);
  if (found && others.length > 0) {
    const ids = [found, ...others].map(({ id }) => id).join(', ');
    throw notPossible(
      `tell which ${what} is meant: ${others.length + 1} are named "${name}" (IDs ${ids}). Rename all but one`,
    );
  }
  return found;
}

/**
 * Whether `actual` is what Mautic makes, without a word, of an alias that something else has already or that the database
 * keeps for itself: a number behind it, or `f_` before it.
 */
export function isAliasMadeUnique(actual: string, alias: string): boolean {
  const bare = actual.startsWith(`f_${alias}`) ? actual.slice(2) : actual;
  return actual !== alias && bare.startsWith(alias) && /^\d*$/.test(bare.slice(alias.length));
}
