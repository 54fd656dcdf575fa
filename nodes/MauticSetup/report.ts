import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { SetupResult } from '../../services/mautic/setup';
import { operationError } from '../shared/operation-error';

/** n8n shows empty texts in red, as if something was missing. */
const NOTHING_TO_SAY = '–';

/** A definition with what became of it. */
export interface Ensured {
  kind: SetupResult['kind'];
  name: string;
  outcome: SetupResult | Error;
}

/**
 * The node's items: those of earlier Mautic Setup nodes, then one for each definition, `{ kind, name, result, id, detail }`.
 * A definition that failed ends the run when all others have been worked on; set to continue, it is an item as well, with
 * the result `failed`.
 */
export async function report(
  context: IExecuteFunctions,
  ensure: () => Promise<readonly Ensured[]>,
): Promise<INodeExecutionData[]> {
  const ensured = await ensure();
  const failed = ensured.filter(({ outcome }) => outcome instanceof Error);
  if (failed.length > 0 && !context.continueOnFail()) throw failure(context, failed, ensured.length);
  const earlier = context
    .getInputData()
    .flatMap((item, index) =>
      typeof item.json.result === 'string' ? [{ ...item, pairedItem: { item: index } }] : [],
    );
  const own = ensured.map(({ kind, name, outcome }) => ({
    json:
      outcome instanceof Error
        ? { kind, name, result: 'failed', id: null, detail: outcome.message, error: outcome.message }
        : { ...outcome, detail: outcome.detail || NOTHING_TO_SAY },
    pairedItem: { item: 0 },
  }));
  return [...earlier, ...own];
}

function failure(context: IExecuteFunctions, failed: readonly Ensured[], count: number): Error {
  const messages = failed.map(({ outcome }) => (outcome instanceof Error ? outcome.message : ''));
  const [first = '', ...others] = messages;
  const done = `${count - failed.length} of ${count} are in order; run it again when the rest is mended.`;
  return operationError(context.getNode(), first, {
    itemIndex: 0,
    description: [done, ...others].join('\n'),
  });
}
