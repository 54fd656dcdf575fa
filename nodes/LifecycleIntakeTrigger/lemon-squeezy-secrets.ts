import type {
  ICredentialTestFunctions,
  ICredentialsDecrypted,
  INodeCredentialTestResult,
} from 'n8n-workflow';
import { separateSecrets } from '../shared/provider-secrets';

/** As Lemon Squeezy takes them (docs.lemonsqueezy.com/help/webhooks/signing-requests). */
const SHORTEST_SECRET = 6;
const LONGEST_SECRET = 40;

/** There is nothing to connect to; what can be wrong is a secret that Lemon Squeezy would never sign with. */
export async function testLemonSqueezySecrets(
  this: ICredentialTestFunctions,
  credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
  const secrets = separateSecrets(credential.data?.webhookSecrets);
  const isPossible = ({ length }: string) => length >= SHORTEST_SECRET && length <= LONGEST_SECRET;
  if (secrets.length > 0 && secrets.every(isPossible))
    return { status: 'OK', message: 'Enter the same secret at the webhook in Lemon Squeezy.' };
  return {
    status: 'Error',
    message: `A signing secret of Lemon Squeezy has ${SHORTEST_SECRET} to ${LONGEST_SECRET} characters.`,
  };
}
