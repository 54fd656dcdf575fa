import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';

const SWITCH_ON =
  'Check the user name and password. In Mautic under Configuration > API Settings, "API enabled" and "Enable HTTP basic auth" must both be on.';
const MOVED =
  'Mautic sent us on to another address. Enter the one it uses itself (its "Site URL", often https).';

export class LifecycleMauticApi implements ICredentialType {
  name = 'lifecycleMauticApi';

  displayName = 'Lifecycle Mautic API';

  icon = { light: 'file:lifecycleMautic.svg', dark: 'file:lifecycleMautic.dark.svg' } as const;

  documentationUrl = 'https://docs.mautic.org/en/5.x/configuration/settings.html#api-settings';

  properties: INodeProperties[] = [
    {
      displayName: 'URL',
      name: 'url',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. https://mautic.example.com',
      description: 'Address of Mautic, without "/api" and without "/s/dashboard"',
    },
    {
      displayName: 'User Name',
      name: 'username',
      type: 'string',
      required: true,
      default: '',
      description:
        'Best a user of its own, whose role may view and edit contacts and view custom fields and e-mails',
    },
    {
      displayName: 'Password',
      name: 'password',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
    },
    {
      displayName: 'Webhook Secrets',
      name: 'webhookSecrets',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        'What Mautic signs its webhook with (Settings > Webhooks > Secret), needed by the Lifecycle Intake Trigger unless it registers itself, when it gives Mautic the first of these or makes one up. While a secret is being changed: both, separated by a comma, the new one first.',
    },
  ];

  /** Basic authentication. A function, because n8n would set up its expression engine for `={{ … }}` in every call. */
  async authenticate(
    { username, password }: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    return { ...options, auth: { username: String(username), password: String(password) } };
  }

  test: ICredentialTestRequest = {
    request: {
      baseURL: '={{ $credentials.url.trim().replace(/\\/+$/, "") }}',
      url: '/api/contacts',
      qs: { limit: 1, minimal: 1 },
      disableFollowRedirect: true,
    },
    rules: [
      ...[301, 302, 307, 308].map((value) => ({
        type: 'responseCode' as const,
        properties: { value, message: MOVED },
      })),
      {
        type: 'responseCode',
        properties: { value: 401, message: `Mautic does not let us in. ${SWITCH_ON}` },
      },
      {
        type: 'responseCode',
        properties: {
          value: 403,
          message: `Mautic does not let us in. ${SWITCH_ON} If all that is right, the user's role may not view contacts.`,
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 404,
          message: 'There is no Mautic API at this URL. Leave out "/api" and everything behind it.',
        },
      },
    ],
  };
}
