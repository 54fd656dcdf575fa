import type { SandboxResponse } from '../double';

/** A refusal in Resend's envelope: `{ statusCode, name, message }` (resend.com/docs/api-reference/errors). */
export class ResendError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    private readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  toResponse(): SandboxResponse {
    const body = { statusCode: this.status, name: this.code, message: this.message };
    return { status: this.status, headers: this.headers, body };
  }
}

export function invalid(message: string): ResendError {
  return new ResendError(422, 'validation_error', message);
}

export function missingField(name: string): ResendError {
  return new ResendError(422, 'missing_required_field', `Missing \`${name}\` field.`);
}

export function notFound(what: string): ResendError {
  return new ResendError(404, 'not_found', `${what} not found`);
}
