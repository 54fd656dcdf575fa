import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';

/** Resend's edge answers 403 to whoever does not name itself. */
const USER_AGENT = 'n8n-nodes-lifecycle/0.1.0 (https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle)';

const UNKNOWN =
  'Resend does not know this API key. It may be incomplete or deleted: look in Resend under API Keys.';
const MOVED = 'Resend sent us on to another address. Enter the one it uses itself: https://api.resend.com.';

/** n8n's type has rules of one kind or the other; n8n itself applies both. */
const RULES = [
  ...[301, 302, 307, 308].map((value) => ({
    type: 'responseCode' as const,
    properties: { value, message: MOVED },
  })),
  ...['missing_api_key', 'invalid_api_key', 'validation_error', 'suspended_api_key'].map((value) => ({
    type: 'responseSuccessBody' as const,
    properties: { key: 'name', value, message: UNKNOWN },
  })),
  { type: 'responseCode', properties: { value: 400, message: UNKNOWN } },
  {
    type: 'responseCode',
    properties: {
      value: 403,
      message:
        'Resend does not accept this API key: it may be incomplete, suspended or deleted. Look in Resend under API Keys; if it is fine, see that no proxy takes away the header User-Agent.',
    },
  },
  ...[404, 405].map((value) => ({
    type: 'responseCode' as const,
    properties: {
      value,
      message: 'There is no Resend API at this URL. It is normally https://api.resend.com.',
    },
  })),
  {
    type: 'responseCode',
    properties: {
      value: 429,
      message: 'The rate limit of the Resend account is used up. Try again in a few seconds.',
    },
  },
] as ICredentialTestRequest['rules'];

export class LifecycleResendApi implements ICredentialType {
  name = 'lifecycleResendApi';

  displayName = 'Lifecycle Resend API';

  icon = {
    light: 'file:../nodes/ResendSend/resendSend.svg',
    dark: 'file:../nodes/ResendSend/resendSend.dark.svg',
  } as const;

  documentationUrl = 'https://resend.com/docs/dashboard/api-keys/introduction';

  properties: INodeProperties[] = [
    {
      displayName: 'URL',
      name: 'url',
      type: 'string',
      required: true,
      default: 'https://api.resend.com',
      placeholder: 'e.g. https://api.resend.com',
      description: 'Address of the Resend API',
    },
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      placeholder: 'e.g. re_…',
      description:
        'Made in Resend under API Keys. "Sending access" is enough to send; the list of templates, and webhooks that register themselves, need "Full access".',
    },
    {
      displayName: 'Webhook Signing Secrets',
      name: 'webhookSecrets',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      placeholder: 'e.g. whsec_…',
      description:
        'Signing secret of the webhook, needed by the Lifecycle Intake Trigger unless it registers itself. While a secret is being rotated: both, separated by a comma. In Resend: Webhooks > the webhook > Signing Secret.',
    },
    {
      displayName: 'Default Sender',
      name: 'from',
      type: 'string',
      default: '',
      placeholder: 'e.g. Ada of Example <ada@example.com>',
      description:
        'Whom e-mails are from that name no sender themselves. Its domain has to be verified in Resend.',
    },
  ];

  /** A function, because n8n would set up its expression engine for `={{ … }}` in every call. */
  async authenticate(
    { apiKey }: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    const headers = {
      'User-Agent': USER_AGENT,
      ...options.headers,
      Authorization: `Bearer ${String(apiKey).trim()}`,
    };
    return { ...options, headers };
  }

  /**
   * Lists domains, which a key that may only send is refused with a 401 of its own (`restricted_api_key`): any other 401
   * is told by its body.
   */
  test: ICredentialTestRequest = {
    request: {
      baseURL: '={{ $credentials.url.trim().replace(/\\/+$/, "") }}',
      url: '/domains',
      headers: { Accept: 'application/json', 'User-Agent': USER_AGENT },
      disableFollowRedirect: true,
      ignoreHttpStatusErrors: {
        ignore: true,
        except: [301, 302, 307, 308, 400, 403, 404, 405, 429, 500, 502, 503, 504],
      },
    },
    rules: RULES,
  };
}
