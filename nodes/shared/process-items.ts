import {
  NodeApiError,
  NodeOperationError,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
} from 'n8n-workflow';
import pLimit from 'p-limit';
import { asError, ServiceError } from '../../services/http';
import { isTriedAgain, type Failure, type Outcome } from './item';
import { operationError } from './operation-error';
import { sendingDetails } from './sending-details';
import { carriesOn } from './when-it-fails';

/** How many items of one run are worked on side by side against one service. */
export const CONCURRENCY = 10;

/** What a node made of one item. */
export interface ItemResult {
  /** Added to the item's own fields. */
  json: IDataObject;
  /** Number of the node's output, 0 by default. */
  output?: number;
  outcomes?: ReadonlyArray<Omit<Outcome, 'at'>>;
}

/** Works on items together, e.g. through a batch endpoint; gives a result or an error for each, in their order. */
export type BatchHandler = (indexes: readonly number[]) => Promise<ReadonlyArray<ItemResult | Error>>;

export interface ProcessOptions {
  /** Display name of the outside system, for failures that do not name one themselves. */
  service: string;
  outputs?: number;
  /** How many items are worked on side by side, where each goes by itself; {@link CONCURRENCY} by default. */
  concurrency?: number;
}

/**
 * Runs a node over its items so that one that fails does not stop the others: an item that already carries a
 * failure passes through untouched; an item of an event that fails here travels on with its `failure`, which the
 * Lifecycle Store's *Settle* records. Where the node is set to carry on (`whenItFails`), the failure joins the item's
 * `failures` instead, which hold back nothing and are recorded as well. The same goes for an item of a due message, which
 * *Mark* records. An item that belongs to neither fails as anywhere in n8n: with the run, or as an `error` field when the
 * node is set to continue.
 */
export async function processBatch(
  context: IExecuteFunctions,
  options: ProcessOptions,
  handle: BatchHandler,
): Promise<INodeExecutionData[][]> {
  const items = context.getInputData();
  const pending = items.flatMap((item, index) => (item.json.failure === undefined ? [index] : []));
  const results =
    pending.length === 0 ? [] : await handle(pending).catch((error) => allFailed(pending, error));
  const resultOf = new Map(pending.map((index, position) => [index, results[position]]));
  const outputs: INodeExecutionData[][] = Array.from({ length: options.outputs ?? 1 }, () => []);

  items.forEach((item, index) => {
    const result = resultOf.get(index);
    const pairedItem = { item: index };
    if (result === undefined) {
      outputs[0]?.push({ ...item, pairedItem });
    } else if (result instanceof Error) {
      outputs[0]?.push({ json: failedJson(context, options.service, item.json, result, index), pairedItem });
    } else {
      const at = new Date().toISOString();
      const outcomes = [
        ...outcomesOf(item.json),
        ...(result.outcomes ?? []).map((outcome) => ({ ...outcome, at })),
      ];
      const json = { ...item.json, ...result.json, ...(outcomes.length > 0 && { outcomes }) };
      outputs[result.output ?? 0]?.push({ json, pairedItem });
    }
  });
  return outputs;
}

/** {@link processBatch} for a node that handles each item by itself, so many at a time. */
export function processEach(
  context: IExecuteFunctions,
  options: ProcessOptions,
  handle: (index: number) => Promise<ItemResult>,
): Promise<INodeExecutionData[][]> {
  const limit = pLimit(options.concurrency ?? CONCURRENCY);
  return processBatch(context, options, (indexes) =>
    Promise.all(indexes.map((index) => limit(() => handle(index).catch(asError)))),
  );
}

/** What stops all of them, e.g. a credential that cannot be read, is the failure of each. */
function allFailed(indexes: readonly number[], thrown: unknown): Error[] {
  return indexes.map(() => asError(thrown));
}

function failedJson(
  context: IExecuteFunctions,
  service: string,
  json: IDataObject,
  error: Error,
  itemIndex: number,
): IDataObject {
  if (isTriedAgain(json)) {
    const failure: Failure = {
      node: context.getNode().name,
      service: error instanceof ServiceError ? error.service : service,
      message: error.message,
      retryable: error instanceof ServiceError ? error.retryable : !(error instanceof NodeOperationError),
      ...sendingDetails(error),
    };
    if (!carriesOn(context, itemIndex)) return { ...json, failure };
    return { ...json, failures: [...otherFailures(json, failure), failure] };
  }
  if (context.continueOnFail()) return { ...json, error: error.message };
  if (error instanceof NodeOperationError || error instanceof NodeApiError) throw error;
  throw operationError(context.getNode(), error.message, { itemIndex });
}

function outcomesOf(json: IDataObject): IDataObject[] {
  return Array.isArray(json.outcomes) ? (json.outcomes as IDataObject[]) : [];
}

/** Without what this node said when the item came by before, as it does in a loop. */
function otherFailures(json: IDataObject, { node }: Failure): IDataObject[] {
  const earlier = Array.isArray(json.failures) ? (json.failures as IDataObject[]) : [];
  return earlier.filter((failure) => failure.node !== node);
}
