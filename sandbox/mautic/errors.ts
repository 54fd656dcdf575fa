import type { z } from 'zod/v4';
import type { SandboxResponse } from '../double';

const VERSION_HEADER = { 'mautic-version': '5.1.1' };

/** Field errors of a form, or a list of remarks. */
export type ErrorDetails = Record<string, string[]> | readonly string[];

/** An error as Mautic's controllers put it in `errors`, or against an item of a batch. */
export class MauticError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly details: ErrorDetails = [],
  ) {
    super(message);
  }

  toEntry(): { code: number; message: string; details: ErrorDetails; type: null } {
    return { code: this.status, message: this.message, details: this.details, type: null };
  }
}

/** An error that ends a request before a controller, or out of one: no details, no version header. */
export class KernelError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly type: string | null = null,
  ) {
    super(message);
  }
}

/** What production says of an exception that it does not want to tell. */
export function internalError(): KernelError {
  const message =
    'Looks like I encountered an error (error #500). ' +
    'If I do it again, please report me to the system administrator!';
  return new KernelError(500, message);
}

export function notFound(): MauticError {
  return new MauticError(404, 'Item was not found.');
}

export function contactNotFound(): MauticError {
  return new MauticError(404, 'Contact not found.');
}

export function accessDenied(): MauticError {
  return new MauticError(403, 'You do not have access to the requested area/action.');
}

/** A form that did not validate: 422 when a value is not unique, else 400. */
export function formError(details: Record<string, string[]>, status: 400 | 422): MauticError {
  const message = Object.entries(details)
    .map(([field, messages]) => `${field}: ${messages.join(', ')}`)
    .join(', ');
  return new MauticError(status, message, details);
}

/** A request's parameters; throws 400, field by field, for values of a kind that the form does not take. */
export function parseForm<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => String(path[0] ?? 'form'));
  throw formError(Object.fromEntries(fields.map((field) => [field, ['This value is not valid.']])), 400);
}

/** What a new campaign's events are refused for: each with the path of the property, and what is wrong with it. */
export class EventViolations extends Error {
  constructor(readonly violations: readonly { path: string; message: string }[]) {
    super(violations.map(({ message }) => message).join(' '));
  }

  toResponse(): SandboxResponse {
    const errors = this.violations.map(({ path, message }) => {
      return { code: null, message, details: path, type: 'validation' };
    });
    return answer({ errors }, 422);
  }
}

/** An answer of a controller. */
export function answer(body: unknown, status = 200, headers: Record<string, string> = {}): SandboxResponse {
  return { status, headers: { ...VERSION_HEADER, ...headers }, body };
}

export function errorResponse(error: MauticError | KernelError): SandboxResponse {
  if (error instanceof MauticError) return answer({ errors: [error.toEntry()] }, error.status);
  const entry = { message: error.message, code: error.status, type: error.type };
  return { status: error.status, body: { errors: [entry] } };
}
