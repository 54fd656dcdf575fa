import { createHmac } from 'node:crypto';
import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';
import { espoCrmTest, espoCrmUrl } from './espocrm';

export class LifecycleEspoCrmHmacApi implements ICredentialType {
  name = 'lifecycleEspoCrmHmacApi';

  displayName = 'Lifecycle EspoCRM HMAC API';

  icon = {
    light: 'file:../nodes/EspoCrmLeadEnsure/espoCrmLeadEnsure.svg',
    dark: 'file:../nodes/EspoCrmLeadEnsure/espoCrmLeadEnsure.dark.svg',
  } as const;

  documentationUrl = 'https://docs.espocrm.com/development/api/#hmac-authentication';

  properties: INodeProperties[] = [
    espoCrmUrl,
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description:
        'Of an API user with the authentication method "HMAC", created under Administration > API Users. Its role may create and read leads, and read contacts.',
    },
    {
      displayName: 'Secret Key',
      name: 'secretKey',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description: 'Of the same API user. It signs every request and is never sent.',
    },
  ];

  /** Signs the method and the path below `/api/v1`, without the query: `base64(key:hex(HMAC-SHA256(secret, …)))`. */
  async authenticate(
    { url, apiKey, secretKey }: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    const method = (options.method ?? 'GET').toUpperCase();
    const signature = createHmac('sha256', String(secretKey).trim())
      .update(`${method} ${pathBelowApi(String(url), options)}`)
      .digest('hex');
    const authorization = Buffer.from(`${String(apiKey).trim()}:${signature}`).toString('base64');
    return { ...options, headers: { ...options.headers, 'X-Hmac-Authorization': authorization } };
  }

  test: ICredentialTestRequest = espoCrmTest(
    'Check both keys, and that their API user is active and has the authentication method "HMAC". EspoCRM must be version 8.4.1 or newer.',
  );
}

/**
 * The path that EspoCRM sees, with its leading slash. The request's address is absolute or goes below its `baseURL`;
 * n8n's HTTP Request node names it `uri`.
 */
function pathBelowApi(
  site: string,
  { baseURL = '', url, uri = '' }: IHttpRequestOptions & { uri?: string },
): string {
  const given = url || uri;
  const isAbsolute = /^[a-z][a-z\d+.-]*:\/\//i.test(given);
  const address = isAbsolute ? given : `${baseURL.replace(/\/+$/, '')}/${given.replace(/^\/+/, '')}`;
  const api = `${new URL(site.trim()).pathname.replace(/\/+$/, '')}/api/v1`;
  const { pathname } = new URL(address);
  return pathname.startsWith(`${api}/`) ? pathname.slice(api.length) : pathname;
}
