import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether one of those `given` is the HMAC-SHA256 of `signed` with one of the secrets; takes as long for a wrong
 * signature as for the right one, and hashes no more often for many.
 */
export function isSignedWithOneOf(
  secrets: ReadonlyArray<string | Buffer>,
  signed: Buffer,
  ...given: readonly Buffer[]
): boolean {
  return secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(signed).digest();
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
}

/** The reason to refuse a bearer token; `undefined` for one of the secrets. Compared in constant time. */
export function tokenRefusal(token: string | undefined, secrets: readonly string[]): string | undefined {
  if (token === undefined || token === '') return 'the bearer token is missing';
  const given = digest(token);
  return secrets.some((secret) => timingSafeEqual(digest(secret), given))
    ? undefined
    : 'the bearer token is wrong';
}

/** The token in an `Authorization: Bearer …` header. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
