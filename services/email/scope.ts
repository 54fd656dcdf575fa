import { DateTime } from 'luxon';
import type { EmailData } from './email';

/** What a customer always has; any of it but the address may be `null`. */
export const CUSTOMER_FIELDS = ['email', 'name', 'firstName', 'lastName', 'tier', 'stage'] as const;
export const LINKS = ['unsubscribe', 'preferences'] as const;
/** What a template can name. */
export const ROOTS = ['customer', 'data', 'links', 'now'] as const;

const NAMES = ['name', 'firstName', 'lastName'];
const DEEPEST = 8;
const MOST_ENTRIES = 10_000;
const UNLINKED = '\u200C';

export interface Scope {
  readonly [name: string]: unknown;
}

/**
 * A copy that holds nothing but data: no prototype, no function, no getter. A text of nothing but blanks is missing, as
 * `null` is, so that `default` and `if` need not tell them apart.
 */
export function scopeOf({ customer, data, links, sentAt }: EmailData): Scope {
  const copy = copier();
  const known = copy(customer, 0) as Record<string, unknown>;
  for (const field of NAMES) {
    const name = known[field];
    if (typeof name === 'string') known[field] = unlinked(name);
  }
  return Object.assign(bare(), { customer: known, data: copy(data, 0), links: copy(links, 0), now: sentAt });
}

function copier(): (value: unknown, depth: number) => unknown {
  let entries = 0;
  return function copy(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return value.trim() === '' ? null : value;
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    if (typeof value === 'bigint') return String(value);
    if (value instanceof Date) return DateTime.fromJSDate(value, { zone: 'utc' }).toISO();
    if (typeof value !== 'object' || value === null || depth >= DEEPEST) return null;
    if (Array.isArray(value)) {
      entries += value.length;
      return entries > MOST_ENTRIES ? null : value.map((each) => copy(each, depth + 1));
    }
    const result = bare();
    for (const key of Object.keys(value)) {
      entries += 1;
      if (entries > MOST_ENTRIES) break;
      result[key] = copy((value as Record<string, unknown>)[key], depth + 1);
    }
    return result;
  };
}

function bare(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

/**
 * Mail programs make a link of everything that looks like an address. A name that does was given to send people there;
 * an invisible character keeps it a text.
 */
function unlinked(name: string): string {
  return name.replace(/:(?=\/\/)|\.(?=\p{L}{2})|@/gu, `$&${UNLINKED}`);
}
