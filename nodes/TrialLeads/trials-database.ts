import type {
  ICredentialDataDecryptedObject,
  ICredentialTestFunctions,
  ICredentialsDecrypted,
  INodeCredentialTestResult,
} from 'n8n-workflow';
import { asError } from '../../services/http';
import { tablesOf } from '../../services/trial-leads';

interface CredentialsReader {
  getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
}

/** Path of the file that the node's credential names. */
export async function pathOf(context: CredentialsReader): Promise<string> {
  return pathIn(await context.getCredentials('lifecycleTrialsDatabaseApi'));
}

/** Reads the names of its tables, and says what is in the way. */
export async function testTrialsDatabase(
  this: ICredentialTestFunctions,
  credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
  try {
    const tables = await tablesOf(pathIn(credential.data ?? {}));
    if (tables.length > 0) return { status: 'OK', message: `It can be read. Tables: ${tables.join(', ')}.` };
    return { status: 'Error', message: 'The database can be read, but has no tables yet.' };
  } catch (error) {
    return { status: 'Error', message: asError(error).message };
  }
}

function pathIn({ path }: ICredentialDataDecryptedObject): string {
  return String(path ?? '').trim();
}
