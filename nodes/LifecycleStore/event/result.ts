import { z } from 'zod/v4';
import type { Settlement } from '../../../store';

const failureSchema = z.looseObject({
  node: z.string(),
  service: z.string(),
  message: z.string(),
  retryable: z.boolean(),
});

/** What an item has to carry to be settled. */
export const itemSchema = z.object({
  delivery: z.object({ id: z.string(), lease: z.string() }),
  outcomes: z.array(z.looseObject({})).default([]),
  failure: failureSchema.optional(),
  /** What failed without holding back later steps. */
  failures: z.array(failureSchema).default([]),
});

export type Item = z.infer<typeof itemSchema>;
export type Failure = z.infer<typeof failureSchema>;

/** What came of one delivery. */
export interface Result {
  delivery: Item['delivery'];
  outcomes: Item['outcomes'];
  /** What held back later steps comes first. */
  failures: Failure[];
}

/** One result a delivery, though several items may have come of it: it failed when one of them did. */
export function resultsOf(items: readonly Item[]): Result[] {
  const byDelivery = new Map<string, Item[]>();
  for (const item of items) {
    byDelivery.set(item.delivery.id, [...(byDelivery.get(item.delivery.id) ?? []), item]);
  }
  return [...byDelivery.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const all = [first, ...others];
    const outcomes = all.flatMap((item) => item.outcomes);
    return { delivery: first.delivery, outcomes, failures: failuresOf(all) };
  });
}

/** All that failed on these items of one delivery; what held back later steps comes first. */
export function failuresOf(items: readonly Item[]): Failure[] {
  const failures = items.flatMap(({ failure }) => failure ?? []);
  return distinct([...failures, ...items.flatMap((item) => item.failures)]);
}

/** Paths that part and meet again bring the same failure twice. */
function distinct(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((each) => [JSON.stringify([each.node, each.message]), each])).values()];
}

/** A result as the store records it. */
export function settlementOf({ delivery, outcomes, failures }: Result): Settlement {
  return { ...delivery, outcomes, failure: asOne(failures) };
}

/** The failures as the one that is recorded: where it stopped, what each of them said, and whether trying again can help. */
export function asOne(failures: readonly Failure[]): Failure | undefined {
  const [first, ...others] = failures;
  if (first === undefined || others.length === 0) return first;
  return {
    ...first,
    message: failures.map(({ message }) => message).join(' '),
    retryable: failures.some(({ retryable }) => retryable),
    failures,
  };
}
