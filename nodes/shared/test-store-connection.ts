import type {
  ICredentialTestFunctions,
  ICredentialsDecrypted,
  INodeCredentialTestResult,
} from 'n8n-workflow';
import { openStore } from '../../store';
import { connectionUrlOf } from './store';

/** Connects, creates or migrates the schema, and says what is in the way. */
export async function testStoreConnection(
  this: ICredentialTestFunctions,
  credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
  try {
    await openStore(connectionUrlOf(credential.data ?? {}));
    return { status: 'OK', message: 'Connected; the schema is up to date.' };
  } catch (error) {
    return { status: 'Error', message: explainStoreError(error) };
  }
}

/** PostgreSQL's error codes: postgresql.org/docs/current/errcodes-appendix.html. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing answers at this host and port. Is PostgreSQL running there?',
  ENOTFOUND: 'The host name is unknown.',
  '28P01': 'The password is wrong.',
  '28000': 'The user may not log in.',
  '3D000': 'The database does not exist. Create it first.',
  '42501': 'The user may not create a schema in this database. Grant it CREATE on the database.',
};

/** What an error of the store's connection means, and what to do about it. */
export function explainStoreError(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return (
    ADVICE[code] ?? `PostgreSQL refused the connection${code ? ` (${code})` : ''}. Check host, port and user.`
  );
}
