import type { SandboxResponse } from '../double';

/** A refusal of Twenty's, in the envelope of its REST API. */
export class TwentyError extends Error {
  constructor(
    readonly status: number,
    /** Name of the exception inside Twenty, e.g. `BadRequestException`. */
    readonly error: string,
    message: string,
    private readonly extra: { headers?: Record<string, string>; body?: object } = {},
  ) {
    super(message);
  }

  toResponse(): SandboxResponse {
    const { headers, body } = this.extra;
    return {
      status: this.status,
      ...(headers && { headers }),
      body: body ?? { statusCode: this.status, error: this.error, messages: [this.message] },
    };
  }
}

export function badRequest(message: string): TwentyError {
  return new TwentyError(400, 'BadRequestException', message);
}

export function notFound(message = 'Record not found'): TwentyError {
  return new TwentyError(404, 'NotFoundException', message);
}

export function noSuchField(name: string): TwentyError {
  return badRequest(`Object person doesn't have any "${name}" field.`);
}

/** Names neither the person that is there nor the address. */
export function duplicate(): TwentyError {
  return badRequest(
    'A duplicate entry was detected: unique constraint person.IDX_UNIQUE_87914cd3ce963115f8cb943e2ac was violated',
  );
}
