import type { SandboxResponse } from '../double';

/** A refusal of Windmill's: its status, and the reason as plain text. */
export class WindmillError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }

  toResponse(): SandboxResponse {
    return { status: this.status, headers: { 'content-type': 'text/plain' }, body: this.message };
  }
}

export function badRequest(reason: string): WindmillError {
  return new WindmillError(400, `Bad request: ${reason}`);
}

export function unauthorized(): WindmillError {
  return new WindmillError(401, 'Unauthorized');
}

/** For a token that was made for something else. */
export function scopeMissing(scope: string): WindmillError {
  return new WindmillError(403, `Permission denied: Access denied. Required scope: ${scope}`);
}

export function notFound(what: string): WindmillError {
  return new WindmillError(404, `Not found: ${what}`);
}
