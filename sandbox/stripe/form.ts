import { parsePhpQuery, type PhpValue } from '../php-query';
import { StripeError } from './errors';

/** Decoded parameters: text, a list (`a[]=`, `a[0]=`), or fields by name (`a[b]=`). */
export type FormFields = Record<string, PhpValue>;

/** Reads query or body parameters; Stripe's bracket syntax is PHP's. */
export function parseForm(parameters: URLSearchParams): FormFields {
  return parsePhpQuery(parameters);
}

/** Refuses parameters that the operation does not have, as Stripe does. */
export function refuseUnknown(fields: FormFields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new StripeError(400, `Received unknown parameter: ${unknown}`, {
    code: 'parameter_unknown',
    param: unknown,
  });
}

export function textOf(fields: FormFields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new StripeError(400, `Invalid string: ${JSON.stringify(value)}`, { param: name });
}

/** A required text; 400 `parameter_missing` when it is absent. */
export function requiredTextOf(fields: FormFields, name: string): string {
  const value = textOf(fields, name);
  if (value) return value;
  throw missingParameter(name);
}

export function integerOf(fields: FormFields, name: string): number | undefined {
  const value = textOf(fields, name);
  if (value === undefined) return undefined;
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  throw new StripeError(400, `Invalid integer: ${value}`, { code: 'parameter_invalid_integer', param: name });
}

export function booleanOf(fields: FormFields, name: string): boolean | undefined {
  const value = textOf(fields, name);
  if (value === undefined) return undefined;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new StripeError(400, `Invalid boolean: ${value}`, { param: name });
}

/** The texts of `name[]`; a single `name=` is refused as Stripe refuses it. */
export function listOf(fields: FormFields, name: string): string[] | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw new StripeError(400, 'Invalid array', { param: name });
}

/** `metadata[key]=value`; an empty value unsets its key, which is the caller's business. */
export function metadataOf(fields: FormFields): Record<string, string> | undefined {
  const value = fields.metadata;
  if (value === undefined || value === '') return value === undefined ? undefined : {};
  if (typeof value === 'string' || Array.isArray(value))
    throw new StripeError(400, 'Invalid object', { param: 'metadata' });
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

export function missingParameter(name: string): StripeError {
  return new StripeError(400, `Missing required param: ${name}.`, { code: 'parameter_missing', param: name });
}
