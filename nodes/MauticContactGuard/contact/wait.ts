import {
  NodeOperationError,
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
} from 'n8n-workflow';
import type { WaitRange } from '../../../services/mautic';

/** No run is held up longer than this by one wait. */
const LONGEST_SECONDS = 60;

const TITLES = { jitter: 'Jitter', recheck: 'Re-Check Wait' } as const;
type Wait = keyof typeof TITLES;

/** Shortest and longest of the waits before the first look at the contacts and before the second. */
export function waitProperties(displayOptions: IDisplayOptions): INodeProperties[] {
  const seconds: Pick<INodeProperties, 'type' | 'typeOptions' | 'displayOptions'> = {
    type: 'number',
    typeOptions: { minValue: 0, maxValue: LONGEST_SECONDS, numberPrecision: 2 },
    displayOptions,
  };
  return [
    {
      displayName: 'Jitter Min Seconds',
      name: 'jitterMinSeconds',
      ...seconds,
      default: 0,
      description: 'Shortest wait before the contacts are read. All items of a run wait together.',
    },
    {
      displayName: 'Jitter Max Seconds',
      name: 'jitterMaxSeconds',
      ...seconds,
      default: 3,
      description: 'Longest wait before the contacts are read; 0 for none',
    },
    {
      displayName: 'Re-Check Wait Min Seconds',
      name: 'recheckMinSeconds',
      ...seconds,
      default: 0.3,
      description: 'Shortest wait before those who would get an invite are read once more',
    },
    {
      displayName: 'Re-Check Wait Max Seconds',
      name: 'recheckMaxSeconds',
      ...seconds,
      default: 1.2,
      description: 'Longest wait before those who would get an invite are read once more; 0 for none',
    },
  ];
}

/** One wait of the run. Throws a `NodeOperationError` for seconds that are not from 0 to 60, or that cross. */
export function waitRange(context: IExecuteFunctions, wait: Wait, itemIndex: number): WaitRange {
  const min = secondsOf(context, wait, 'Min', itemIndex);
  const max = secondsOf(context, wait, 'Max', itemIndex);
  if (min <= max) return { minMs: min * 1000, maxMs: max * 1000 };
  throw new NodeOperationError(
    context.getNode(),
    `"${TITLES[wait]} Min Seconds" (${min}) is more than "${TITLES[wait]} Max Seconds" (${max}). Lower the first or raise the second.`,
    { itemIndex },
  );
}

function secondsOf(context: IExecuteFunctions, wait: Wait, end: 'Min' | 'Max', itemIndex: number): number {
  const value: unknown = context.getNodeParameter(`${wait}${end}Seconds`, itemIndex);
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= LONGEST_SECONDS) return seconds;
  throw new NodeOperationError(
    context.getNode(),
    `"${TITLES[wait]} ${end} Seconds" must be a number from 0 to ${LONGEST_SECONDS}.`,
    { itemIndex },
  );
}
