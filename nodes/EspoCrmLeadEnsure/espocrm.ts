import type { IAllExecuteFunctions, INodeCredentialDescription, INodeProperties } from 'n8n-workflow';
import { EspoCrmClient } from '../../services/espocrm';
import { httpRequestOf } from '../shared/http';

const API_KEY_CREDENTIAL = 'lifecycleEspoCrmApi';
const HMAC_CREDENTIAL = 'lifecycleEspoCrmHmacApi';

export const credentials: INodeCredentialDescription[] = [
  {
    name: API_KEY_CREDENTIAL,
    required: true,
    displayOptions: { show: { authentication: ['apiKey'] } },
  },
  {
    name: HMAC_CREDENTIAL,
    required: true,
    displayOptions: { show: { authentication: ['hmac'] } },
  },
];

export const authentication: INodeProperties = {
  displayName: 'Authentication',
  name: 'authentication',
  type: 'options',
  noDataExpression: true,
  default: 'apiKey',
  options: [
    { name: 'API Key', value: 'apiKey' },
    { name: 'HMAC', value: 'hmac' },
  ],
  description: 'As it is set for the API user in EspoCRM',
};

/** EspoCRM with the credential that is chosen in the node; `chosen` is the value of {@link authentication}. */
export async function espoCrmOf(context: IAllExecuteFunctions, chosen: unknown): Promise<EspoCrmClient> {
  const credential = chosen === 'hmac' ? HMAC_CREDENTIAL : API_KEY_CREDENTIAL;
  const { url } = await context.getCredentials<{ url: string }>(credential);
  return new EspoCrmClient({ url, request: httpRequestOf(context, credential) });
}
