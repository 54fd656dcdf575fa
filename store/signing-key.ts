import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Queryable } from './database';

/** Bytes of a signature: 144 bits are beyond guessing. */
const SIGNATURE_BYTES = 18;

/** The key that the store made up for itself, with which it knows again what it has given out. */
export class SigningKey {
  private key: Promise<string> | undefined;

  constructor(private readonly database: Queryable) {}

  /** 24 characters that stand in any address. A text begins with what it is for, so that no signature is good for another thing. */
  async sign(text: string): Promise<string> {
    return createHmac('sha256', await this.read())
      .update(text)
      .digest()
      .subarray(0, SIGNATURE_BYTES)
      .toString('base64url');
  }

  /** Whether the signature is ours and of this very text; how long that takes to tell says nothing of the right one. */
  async verify(text: string, signature: string): Promise<boolean> {
    const given = Buffer.from(signature);
    const expected = Buffer.from(await this.sign(text));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  private read(): Promise<string> {
    this.key ??= readKey(this.database).catch((error: unknown) => {
      this.key = undefined;
      throw error;
    });
    return this.key;
  }
}

async function readKey(database: Queryable): Promise<string> {
  const { rows } = await database.query<{ key: string }>('select key from lifecycle.signing_key');
  const [row] = rows;
  if (row === undefined) throw new Error('The key that signs links is missing from the store.');
  return row.key;
}
