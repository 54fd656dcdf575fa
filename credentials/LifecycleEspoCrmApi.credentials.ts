import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';
import { espoCrmTest, espoCrmUrl } from './espocrm';

export class LifecycleEspoCrmApi implements ICredentialType {
  name = 'lifecycleEspoCrmApi';

  displayName = 'Lifecycle EspoCRM API';

  icon = {
    light: 'file:../nodes/EspoCrmLeadEnsure/espoCrmLeadEnsure.svg',
    dark: 'file:../nodes/EspoCrmLeadEnsure/espoCrmLeadEnsure.dark.svg',
  } as const;

  documentationUrl = 'https://docs.espocrm.com/development/api/#authentication-by-api-key';

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
        'Of an API user with the authentication method "API Key", created under Administration > API Users. Its role may create and read leads, and read contacts.',
    },
  ];

  /** A function, because n8n would set up its expression engine for `={{ … }}` in every call. */
  async authenticate(
    { apiKey }: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    return { ...options, headers: { ...options.headers, 'X-Api-Key': String(apiKey).trim() } };
  }

  test: ICredentialTestRequest = espoCrmTest(
    'Check the key, and that its API user is active and has the authentication method "API Key".',
  );
}
