import type { IExecuteFunctions, NodeOperationError } from 'n8n-workflow';
import type { SettledDelivery } from '../../../store';
import { operationError } from '../../shared/operation-error';
import type { Result } from './result';

export interface Tally {
  /** Events that were settled. */
  total: number;
  failed: number;
  dead: number;
  messages: string[];
}

/** What came of one event, as far as the run's end depends on it. */
interface Tallied {
  dead: boolean;
  messages: string[];
}

/** What came of all events that this node has settled in this execution so far. */
export function tallied(
  context: IExecuteFunctions,
  results: readonly Result[],
  settled: ReadonlyMap<string, SettledDelivery>,
): Tally {
  const memory = context.getContext('node') as { events?: Record<string, Tallied> };
  const events = { ...memory.events };
  for (const { delivery, failures } of results) {
    const result = settled.get(delivery.id);
    // An event that comes again by another path after it was settled has changed nothing.
    if (result === undefined && events[delivery.id] !== undefined) continue;
    events[delivery.id] = {
      dead: result?.state === 'dead',
      messages: failures.map(({ message }) => message),
    };
  }
  memory.events = events;
  const failed = Object.values(events).filter(({ messages }) => messages.length > 0);
  return {
    total: Object.keys(events).length,
    failed: failed.length,
    dead: failed.filter(({ dead }) => dead).length,
    messages: [...new Set(failed.flatMap(({ messages }) => messages))],
  };
}

/** The error that ends the run: how many failed, what becomes of them, and what the services said. */
export function runFailure(
  context: IExecuteFunctions,
  { total, failed, dead, messages }: Tally,
): NodeOperationError {
  const retried = failed - dead;
  const next = [
    ...(retried > 0 ? [`${retried} will be tried again by itself`] : []),
    ...(dead > 0 ? [`${dead} will not be tried again until replayed`] : []),
  ].join(', ');
  return operationError(
    context.getNode(),
    `${failed} of ${total} events failed (${next}). ${messages.slice(0, 3).join(' ')}`,
    messages.length > 3 ? { description: `And ${messages.length - 3} other messages.` } : {},
  );
}
