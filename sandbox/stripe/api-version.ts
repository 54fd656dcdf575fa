/** Version in which the double answers and renders its events, unless it is asked for an older one. */
export const API_VERSION = '2026-07-29.dahlia';

/**
 * Version 2025-03-31 (basil) moved the billing period of a subscription to its items, the subscription of an invoice
 * below `parent`, and took the charge off the invoice and the invoice off the charge
 * (docs.stripe.com/changelog/basil).
 */
const BASIL = '2025-03-31';

/** Which shape objects have. */
export type Generation = 'current' | 'before-2025-03-31';

/** A version of each generation, as events name it. */
export const VERSION_OF: Readonly<Record<Generation, string>> = {
  current: API_VERSION,
  'before-2025-03-31': '2025-02-24.acacia',
};

/** The shape that a version asks for; versions begin with their date. */
export function generationOf(version: string): Generation {
  return version.slice(0, BASIL.length) < BASIL ? 'before-2025-03-31' : 'current';
}
