import type { IAllExecuteFunctions, INodeCredentialDescription } from 'n8n-workflow';
import { TwentyClient } from '../../services/twenty';
import { httpRequestOf } from '../shared/http';

const CREDENTIAL = 'lifecycleTwentyApi';

export const credentials: INodeCredentialDescription[] = [{ name: CREDENTIAL, required: true }];

/** Twenty with the node's credential. */
export async function twentyOf(context: IAllExecuteFunctions): Promise<TwentyClient> {
  const { url, apiKey } = await context.getCredentials<{ url: string; apiKey: string }>(CREDENTIAL);
  return new TwentyClient({
    url,
    apiKey,
    // A key cannot be renewed: a refused one is sent once.
    request: httpRequestOf(context, CREDENTIAL, { renewable: false }),
  });
}
