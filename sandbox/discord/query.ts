import { z } from 'zod/v4';

/** Queries write booleans as `true` or `1`, in any case. */
export function isTrue(value: string | null): boolean {
  return value !== null && ['true', '1'].includes(value.toLowerCase());
}

/** How many of a list: a number within bounds, as text. */
export function limitSchema(most: number, otherwise: number) {
  return z
    .string()
    .default(String(otherwise))
    .transform((text) => (/^-?\d+$/.test(text) ? Number(text) : text))
    .pipe(z.int().min(1).max(most));
}
