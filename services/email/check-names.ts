import type { StaticAnalysis } from 'liquidjs';
import { nearestNames } from '../names';
import { LINKS, ROOTS } from './scope';

export interface UnknownName {
  /** From 1. */
  line: number;
  reason: string;
}

/** The first name in a template that will never have a value, most likely since it is misspelt. */
export function checkNames(
  { globals }: Pick<StaticAnalysis, 'globals'>,
  customerFields: readonly string[],
): UnknownName | undefined {
  const fieldsOf: Readonly<Record<string, readonly string[]>> = { customer: customerFields, links: LINKS };
  const unknown = Object.values(globals)
    .flat()
    .flatMap(({ segments: [root, field], location }): UnknownName[] => {
      const line = location.row;
      const fields = typeof root === 'string' && Object.hasOwn(fieldsOf, root) ? fieldsOf[root] : undefined;
      if (typeof root !== 'string' || !isOneOf(ROOTS, root)) {
        return [{ line, reason: noSuch(String(root), ROOTS) }];
      }
      if (!fields || typeof field !== 'string' || fields.includes(field)) return [];
      return [
        {
          line,
          reason: noSuch(
            `${root}.${field}`,
            fields.map((each) => `${root}.${each}`),
          ),
        },
      ];
    });
  return unknown.sort((one, other) => one.line - other.line)[0];
}

function noSuch(name: string, known: readonly string[]): string {
  const [nearest = ''] = nearestNames(known, name, 1);
  return `there is no "${name}"; the nearest is "${nearest}"`;
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
