import type {
  ICredentialTestFunctions,
  ICredentialsDecrypted,
  INodeCredentialTestResult,
} from 'n8n-workflow';

const SHORTEST_TOKEN = 32;

/** There is nothing to connect to; what can be wrong is a token that can be guessed or never matches. */
export async function testAppEventsToken(
  this: ICredentialTestFunctions,
  credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
  const token = String(credential.data?.token ?? '');
  if (/\s/.test(token))
    return {
      status: 'Error',
      message: 'The token holds white space within; separate two tokens by a comma only.',
    };
  if (token.length < SHORTEST_TOKEN) {
    return {
      status: 'Error',
      message: `The token is too short to be safe. Use at least ${SHORTEST_TOKEN} characters.`,
    };
  }
  return { status: 'OK', message: 'The token is long enough. Send it as "Authorization: Bearer …".' };
}
