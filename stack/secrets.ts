import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod/v4';
import { readKept, writeKept } from './kept';
import { STACK_FOLDER } from './paths';

const secretsSchema = z.object({
  /** Encrypts the credentials in n8n's database; without it they are lost. */
  encryptionKey: z.string(),
  owner: z.object({ email: z.string(), password: z.string(), passwordHash: z.string() }),
  promoCodeKey: z.string(),
  appEventsToken: z.string(),
  /** Opens the dashboard. */
  dashboardPassword: z.string(),
});

/** What an installation generates once and keeps. */
export type Secrets = z.infer<typeof secretsSchema>;

const OWNER_EMAIL = 'owner@example.com';
const HASH_ROUNDS = 10;

function random(): string {
  return randomBytes(24).toString('base64url');
}

function hashPassword(password: string): string {
  // n8n's own copy: it has to accept the hash, and nothing else here needs bcrypt.
  const bcrypt: { hashSync(password: string, rounds: number): string } = createRequire(
    path.join(STACK_FOLDER, 'package.json'),
  )('bcryptjs');
  return bcrypt.hashSync(password, HASH_ROUNDS);
}

function makePassword(): string {
  return randomBytes(9).toString('base64url');
}

function makeSecrets(): Secrets {
  const password = makePassword();
  return {
    encryptionKey: random(),
    owner: { email: OWNER_EMAIL, password, passwordHash: hashPassword(password) },
    promoCodeKey: random(),
    appEventsToken: random(),
    dashboardPassword: makePassword(),
  };
}

/** The secrets of a data folder, made on the first call. n8n has to be installed. */
export function keepSecrets(dataFolder: string): Secrets {
  const file = path.join(dataFolder, 'secrets.json');
  // A folder from before there was a dashboard holds no password for it.
  const kept = readKept(file, secretsSchema.partial({ dashboardPassword: true }));
  const secrets = kept
    ? { ...kept, dashboardPassword: kept.dashboardPassword ?? makePassword() }
    : makeSecrets();
  if (kept?.dashboardPassword !== undefined) return secrets;
  writeKept(file, secrets);
  return secrets;
}
