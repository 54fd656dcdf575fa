import type { Json } from '../double';

/**
 * What `before` has otherwise than `after`, as Stripe's `previous_attributes`: only the fields that changed, of nested
 * objects likewise, a changed list as a whole; undefined when nothing did.
 */
export function difference(before: Json, after: Json): Json | undefined {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  if (!isObject(before) || !isObject(after)) return before;
  const changed = Object.entries(before).flatMap(([name, value]) => {
    const old = difference(value, after[name] ?? null);
    return old === undefined ? [] : [[name, old] as const];
  });
  return Object.fromEntries(changed);
}

function isObject(value: Json): value is { [field: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
