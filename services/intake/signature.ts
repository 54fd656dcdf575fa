import {
  createHash,
  createHmac,
  createPublicKey,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';

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

/** An Ed25519 public key out of its 32 bytes as hexadecimal digits; `undefined` when it is none. */
export function ed25519Key(hex: string): KeyObject | undefined {
  if (!/^[\da-f]{64}$/i.test(hex)) return undefined;
  const x = Buffer.from(hex, 'hex').toString('base64url');
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** Whether the signature of 64 bytes over `signed` was made with the private part of one of the Ed25519 keys. */
export function isSignedForOneOf(keys: readonly KeyObject[], signed: Buffer, signature: Buffer): boolean {
  return keys.some((key) => verify(null, signed, key, signature));
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
