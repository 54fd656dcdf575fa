import type { SandboxResponse } from '../double';

/** One entry of Shopware's `errors`. */
export interface ErrorEntry {
  status: string;
  code: string;
  title?: string;
  detail: string | null;
  template?: string;
  meta?: { parameters: unknown };
  source?: { pointer: string };
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/** An answer that Shopware gives through its exception handler: always plain JSON, whatever `Accept` says. */
export class ShopwareError extends Error {
  constructor(
    readonly status: number,
    readonly entries: readonly ErrorEntry[],
  ) {
    super(entries.map((entry) => entry.detail ?? entry.title).join('; '));
  }

  toResponse(): SandboxResponse {
    return { status: this.status, body: { errors: this.entries } };
  }
}

/** Exceptions of Shopware's own, with an error code and the parameters of the message. */
export function shopwareError(
  status: number,
  code: string,
  detail: string,
  parameters: Record<string, unknown> | readonly [] = [],
): ShopwareError {
  return new ShopwareError(status, [
    { status: String(status), code, title: STATUS_TEXTS[status], detail, meta: { parameters } },
  ]);
}

/** Exceptions of other libraries (database, routing): their number is the code, and there is no `meta`. */
export function foreignError(status: number, code: string, detail: string): ShopwareError {
  return new ShopwareError(status, [{ code, status: String(status), title: STATUS_TEXTS[status], detail }]);
}

/** Refusals of the OAuth server: the message is the title, its hint the detail. */
export function oauthError(status: number, code: string, title: string, hint: string | null): ShopwareError {
  return new ShopwareError(status, [{ code, status: String(status), title, detail: hint }]);
}

export function accessDenied(hint: string): ShopwareError {
  return oauthError(401, '9', 'The resource owner or authorization server denied the request.', hint);
}

/** A JSON text is the detail of this one. */
export function missingPrivileges(privileges: readonly string[]): ShopwareError {
  const detail = JSON.stringify({ message: 'Missing privilege', missingPrivileges: privileges });
  return shopwareError(403, 'FRAMEWORK__MISSING_PRIVILEGE_ERROR', detail);
}

export function notFound(entity: string, id: string): ShopwareError {
  const primaryKeyString = `id(${id})`;
  return shopwareError(
    404,
    'FRAMEWORK__RESOURCE_NOT_FOUND',
    `The ${entity} resource with the following primary key was not found: ${primaryKeyString}`,
    { type: entity, primaryKey: { id }, primaryKeyString },
  );
}
