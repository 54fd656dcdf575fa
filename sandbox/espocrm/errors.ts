import type { SandboxResponse } from '../double';

/** A refusal of EspoCRM's: the reason is told in a header, the body is empty unless the refusal has one. */
export class EspoCrmError extends Error {
  constructor(
    readonly status: number,
    private readonly reason = '',
    private readonly body?: unknown,
  ) {
    super(reason === '' ? `EspoCRM answers ${status}.` : reason);
  }

  toResponse(): SandboxResponse {
    // EspoCRM, too, puts blanks where a header cannot hold the character.
    const headers: Record<string, string> =
      this.reason === '' ? {} : { 'X-Status-Reason': this.reason.replace(/[^\x20-\x7e]/g, ' ') };
    return { status: this.status, headers, body: this.body };
  }
}

export function badRequest(reason: string): EspoCrmError {
  return new EspoCrmError(400, reason);
}

export function forbidden(reason: string): EspoCrmError {
  return new EspoCrmError(403, reason);
}

export function notFound(reason: string): EspoCrmError {
  return new EspoCrmError(404, reason);
}

/** A mistake that EspoCRM does not foresee, e.g. a body that is no JSON. */
export function internalError(): EspoCrmError {
  return new EspoCrmError(500);
}

/** The first field that does not pass, with the check it fails, e.g. `required`. */
export function validationFailure(entity: string, field: string, type: string): EspoCrmError {
  const reason = `Field validation failure; entityType: ${entity}, field: ${field}, type: ${type}.`;
  const data = { field, type };
  return new EspoCrmError(400, reason, {
    messageTranslation: { label: 'validationFailure', scope: null, data },
  });
}
