import { z } from 'zod/v4';
import { newId } from './ids';

/** Stripe's clock: whole seconds since 1970. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

export const createdSchema = z.int().nonnegative().prefault(nowInSeconds);
export const metadataSchema = z.record(z.string(), z.string()).default({});
export const currencySchema = z
  .string()
  .regex(/^[a-z]{3}$/)
  .default('eur');
export const idSchema = (prefix: string): z.ZodDefault<z.ZodString> =>
  z
    .string()
    .min(1)
    .default(() => newId(prefix));
