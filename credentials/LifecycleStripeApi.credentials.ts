import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';

export class LifecycleStripeApi implements ICredentialType {
  name = 'lifecycleStripeApi';

  displayName = 'Lifecycle Stripe API';

  icon = {
    light: 'file:../nodes/StripeBilling/stripeBilling.svg',
    dark: 'file:../nodes/StripeBilling/stripeBilling.dark.svg',
  } as const;

  documentationUrl = 'https://docs.stripe.com/keys';

  properties: INodeProperties[] = [
    {
      displayName: 'URL',
      name: 'url',
      type: 'string',
      required: true,
      default: 'https://api.stripe.com',
      placeholder: 'e.g. https://api.stripe.com',
      description: 'Address of the Stripe API',
    },
    {
      displayName: 'Secret Key',
      name: 'secretKey',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      placeholder: 'e.g. rk_live_…',
      description:
        'Best a restricted key that may read Charges, Checkout Sessions, Customers, Events, Invoices, Payment Intents, Prices, Products and Subscriptions. In the Stripe dashboard: Developers > API keys.',
    },
    {
      displayName: 'Webhook Signing Secrets',
      name: 'webhookSecrets',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      placeholder: 'e.g. whsec_…',
      description:
        'Signing secret of the webhook endpoint, needed by the Lifecycle Intake Trigger unless it registers itself. While a secret is being rolled: both, separated by a comma. In the Stripe dashboard: Developers > Webhooks.',
    },
  ];

  /** A function, because n8n would set up its expression engine for `={{ … }}` in every call. */
  async authenticate(
    { secretKey }: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    return { ...options, headers: { ...options.headers, Authorization: `Bearer ${String(secretKey)}` } };
  }

  test: ICredentialTestRequest = {
    request: { baseURL: '={{ $credentials.url }}', url: '/v1/products', qs: { limit: 1 } },
    rules: [
      {
        type: 'responseCode',
        properties: { value: 401, message: 'Stripe does not know this secret key.' },
      },
      {
        type: 'responseCode',
        properties: { value: 403, message: 'The restricted key may not read Products.' },
      },
    ],
  };
}
