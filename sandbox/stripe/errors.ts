import type { SandboxResponse } from '../double';

interface ErrorDetails {
  code?: string;
  param?: string;
  type?: 'invalid_request_error' | 'idempotency_error';
  headers?: Record<string, string>;
}

/** A refusal in Stripe's envelope: `{ error: { type, code, message, param, doc_url } }`. */
export class StripeError extends Error {
  constructor(
    readonly status: number,
    message: string,
    private readonly details: ErrorDetails = {},
  ) {
    super(message);
  }

  toResponse(): SandboxResponse {
    const { code, param, type = 'invalid_request_error' } = this.details;
    const error = {
      ...(code && { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
      message: this.message,
      ...(param && { param }),
      type,
    };
    const challenge = this.status === 401 ? { 'www-authenticate': 'Basic realm="Stripe"' } : undefined;
    const headers = this.details.headers ?? challenge;
    return { status: this.status, body: { error }, ...(headers && { headers }) };
  }
}

/** 404 for an object that does not exist; `kind` as Stripe words it, e.g. `checkout.session`. */
export function missing(kind: string, id: string, param: string): StripeError {
  return new StripeError(404, `No such ${kind}: '${id}'`, { code: 'resource_missing', param });
}
