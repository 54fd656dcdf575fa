import type { IExecuteFunctions } from 'n8n-workflow';
import type { SetupKind, SetupResult } from '../../services/mautic/setup';
import type { Ensured } from './report';

/** The rows of a fixed collection, filled in for the first item. */
export function rowsOf<Row>(context: IExecuteFunctions, path: string): Row[] {
  return context.getNodeParameter(path, 0, []) as Row[];
}

/** A text of a row, which is a number or nothing when an expression gives that. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

/** Each definition, by the name that it is told by, with what became of it. */
export function pairUp(
  kind: SetupKind,
  names: readonly string[],
  outcomes: ReadonlyArray<SetupResult | Error>,
): Ensured[] {
  return names.map((name, index) => ({
    kind,
    name,
    outcome: outcomes[index] ?? new Error(`"${name}" was left out`),
  }));
}
