import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';

export class LifecycleWindmillApi implements ICredentialType {
  name = 'lifecycleWindmillApi';

  displayName = 'Lifecycle Windmill API';

  icon = {
    light: 'file:../nodes/WindmillJob/windmillJob.svg',
    dark: 'file:../nodes/WindmillJob/windmillJob.dark.svg',
  } as const;

  documentationUrl = 'https://www.windmill.dev/docs/core_concepts/webhooks';

  properties: INodeProperties[] = [
    {
      displayName: 'URL',
      name: 'url',
      type: 'string',
      required: true,
      default: 'https://app.windmill.dev',
      placeholder: 'e.g. https://windmill.example.com',
      description: 'Address of Windmill, without "/api"',
    },
    {
      displayName: 'Workspace',
      name: 'workspace',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. campaign',
      description: "The workspace's ID, as in Workspace Settings",
    },
    {
      displayName: 'Token',
      name: 'token',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description:
        'In Windmill: Account Settings > Tokens. One that was made for the webhook of a script will do for that script; for the list in the node, and in older versions for results, it takes one without that limit.',
    },
  ];

  /** A function, because n8n would set up its expression engine for `={{ … }}` in every call. */
  async authenticate(
    { token }: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    const headers = { ...options.headers, Authorization: `Bearer ${String(token).trim()}` };
    return { ...options, headers };
  }

  /**
   * Asks who the token's user is in the workspace. One that is limited to a webhook is told 403, which it is told only
   * after it was known: a wrong token gets 401. (HEAD on the webhook itself would answer 200 to anybody.)
   */
  test: ICredentialTestRequest = {
    request: {
      baseURL: '={{ $credentials.url.trim().replace(/\\/+$/, "") }}/api',
      url: '=/w/{{ encodeURIComponent($credentials.workspace.trim()) }}/users/whoami',
      disableFollowRedirect: true,
      ignoreHttpStatusErrors: {
        ignore: true,
        except: [301, 302, 307, 308, 400, 401, 404, 405, 408, 429, 500, 502, 503, 504],
      },
    },
    rules: [
      ...[301, 302, 307, 308].map((value) => ({
        type: 'responseCode' as const,
        properties: {
          value,
          message: 'Windmill sent us on to another address. Enter the one it uses itself, often with https.',
        },
      })),
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message:
            'Windmill does not know this token in this workspace. Check the ID of the workspace, and that the token has not expired and its user is in the workspace.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 404,
          message:
            'There is no Windmill API with this workspace at this URL. Leave out "/api" and everything behind it, and check the ID of the workspace.',
        },
      },
    ],
  };
}
