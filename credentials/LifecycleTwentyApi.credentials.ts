import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';

const MOVED = 'Twenty sent us on to another address. Enter the one it uses itself (often https).';

export class LifecycleTwentyApi implements ICredentialType {
  name = 'lifecycleTwentyApi';

  displayName = 'Lifecycle Twenty API';

  icon = {
    light: 'file:../nodes/TwentyPersonEnsure/twentyPersonEnsure.svg',
    dark: 'file:../nodes/TwentyPersonEnsure/twentyPersonEnsure.dark.svg',
  } as const;

  documentationUrl =
    'https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle/blob/main/docs/operations.md#twenty';

  properties: INodeProperties[] = [
    {
      displayName: 'URL',
      name: 'url',
      type: 'string',
      required: true,
      default: 'https://api.twenty.com',
      placeholder: 'e.g. https://crm.example.com',
      description: 'Address of Twenty, without "/rest"; that of its cloud is https://api.twenty.com',
    },
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description:
        'Created in Twenty under Settings > APIs & Webhooks. Its role may see, create and edit people; for the list of fields in the node also see the data model.',
    },
  ];

  /** A function, because n8n would set up its expression engine for `={{ … }}` in every call. */
  async authenticate(
    { apiKey }: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    return { ...options, headers: { ...options.headers, Authorization: `Bearer ${String(apiKey).trim()}` } };
  }

  /** Reads one person: a key may be good and its role not allowed to see people. */
  test: ICredentialTestRequest = {
    request: {
      baseURL: '={{ $credentials.url.trim().replace(/\\/+$/, "") }}/rest',
      url: '/people',
      qs: { limit: 1, depth: 0 },
      headers: { Accept: 'application/json' },
      disableFollowRedirect: true,
    },
    rules: [
      ...[301, 302, 307, 308].map((value) => ({
        type: 'responseCode' as const,
        properties: { value, message: MOVED },
      })),
      {
        type: 'responseCode',
        properties: {
          value: 400,
          message:
            'Twenty does not understand this. Check that the URL leaves out "/rest" and everything behind it; if it does, the rate limit may be used up: try again in a minute.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message:
            'Twenty does not accept the API key. It may be incomplete, have expired or been revoked: look under Settings > APIs & Webhooks.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 403,
          message:
            'The role of the API key may not see people. Change it in Twenty under Settings > Roles, or enter a key if there is none.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 404,
          message: 'There is no Twenty API at this URL. Enter the address of Twenty, without "/rest".',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 429,
          message: 'The rate limit of the Twenty workspace is used up. Try again in a minute.',
        },
      },
    ],
  };
}
