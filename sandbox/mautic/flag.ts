import { z } from 'zod/v4';
import { toBoolean } from './php';

/** A yes-or-no parameter of a form as Mautic reads it; `fallback` when it is not sent. */
export function flag(fallback: boolean) {
  return z.union([z.boolean(), z.number(), z.string()]).default(fallback).transform(toBoolean);
}
