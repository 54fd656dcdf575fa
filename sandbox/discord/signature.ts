import { createPrivateKey, sign } from 'node:crypto';
import { DISCORD_SIGNING_SEED } from '../identities';

/** What precedes the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = '302e020100300506032b657004220420';
const key = createPrivateKey({
  key: Buffer.from(PKCS8_HEAD + DISCORD_SIGNING_SEED, 'hex'),
  format: 'der',
  type: 'pkcs8',
});

/** The headers with which Discord sends a body to an interactions endpoint: the signature is over timestamp and body. */
export function signedHeaders(body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    'content-type': 'application/json',
    'user-agent': 'Discord-Interactions/1.0 (+https://discord.com)',
    'x-signature-ed25519': sign(null, Buffer.from(timestamp + body), key).toString('hex'),
    'x-signature-timestamp': timestamp,
  };
}

/** The same with a signature that is not for this body. */
export function badlySignedHeaders(body: string): Record<string, string> {
  return {
    ...signedHeaders(body),
    'x-signature-ed25519': signedHeaders(`${body} `)['x-signature-ed25519'] ?? '',
  };
}
