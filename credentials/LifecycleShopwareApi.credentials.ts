import {
  type ICredentialDataDecryptedObject,
  type ICredentialTestRequest,
  type ICredentialType,
  type IDataObject,
  type IHttpRequestHelper,
  type IHttpRequestOptions,
  type INodeProperties,
  UserError,
} from 'n8n-workflow';

/** Not Shopware's: ours, kept with the shop because the codes belong to it. */
const promoCodeKey: INodeProperties = {
  displayName: 'Promo Code Key',
  name: 'promoCodeKey',
  type: 'string',
  typeOptions: { password: true },
  required: true,
  default: '',
  description:
    'Random text of at least 32 characters, kept by you, e.g. from "openssl rand -hex 32". Promo codes are derived from it and the purchase: whoever knows it can tell every code. Changed later, a purchase that is worked on again gets a second code.',
};

export class LifecycleShopwareApi implements ICredentialType {
  name = 'lifecycleShopwareApi';

  displayName = 'Lifecycle Shopware API';

  icon = {
    light: 'file:../nodes/ShopwarePromoCode/shopwarePromoCode.svg',
    dark: 'file:../nodes/ShopwarePromoCode/shopwarePromoCode.dark.svg',
  } as const;

  documentationUrl = 'https://docs.shopware.com/en/shopware-6-en/settings/system/integrationen';

  properties: INodeProperties[] = [
    {
      // Filled in by n8n itself: empty, or refused with a 401, it is fetched anew and saved with the credential.
      displayName: 'Access Token',
      name: 'accessToken',
      type: 'hidden',
      typeOptions: { expirable: true, password: true },
      default: '',
    },
    {
      displayName: 'URL',
      name: 'url',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. https://shop.example.com',
      description: 'Address of the shop, without "/api"',
    },
    {
      displayName: 'Client ID',
      name: 'clientId',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. SWIA…',
      description:
        'Access key ID of an integration, created in the Shopware admin under Settings > Integrations. Its role needs the rights to read promotions, and to read and create individual promotion codes.',
    },
    {
      displayName: 'Client Secret',
      name: 'clientSecret',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description: 'Secret access key of the integration; Shopware shows it once',
    },
    promoCodeKey,
  ];

  /** Fetches a token; n8n calls it when there is none yet, and once more when Shopware answers 401. */
  async preAuthentication(
    this: IHttpRequestHelper,
    credentials: ICredentialDataDecryptedObject,
  ): Promise<IDataObject> {
    const clientId = String(credentials.clientId).trim();
    // Shopware answers an unknown prefix with a 500, which tells an admin nothing.
    if (!clientId.startsWith('SWIA')) {
      throw new UserError(
        'The Shopware client ID must be the access key ID of an integration, which starts with SWIA. Create one in the Shopware admin under Settings > Integrations.',
      );
    }
    const answer = (await this.helpers.httpRequest({
      method: 'POST',
      url: `${String(credentials.url).replace(/\/+$/, '')}/api/oauth/token`,
      headers: { Accept: 'application/json' },
      body: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: String(credentials.clientSecret).trim(),
      },
      json: true,
    })) as { access_token?: unknown };
    if (typeof answer.access_token !== 'string') {
      throw new UserError('Shopware gave no access token. Check that the URL is the address of the shop.');
    }
    return { accessToken: answer.access_token };
  }

  /** A function, because n8n would set up its expression engine for `={{ … }}` in every call. */
  async authenticate(
    { accessToken }: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    return { ...options, headers: { ...options.headers, Authorization: `Bearer ${String(accessToken)}` } };
  }

  test: ICredentialTestRequest = {
    request: {
      method: 'POST',
      baseURL: '={{ $credentials.url }}',
      url: '/api/search/promotion',
      headers: { Accept: 'application/json' },
      body: { limit: 1 },
      json: true,
    },
    rules: [
      {
        type: 'responseCode',
        properties: { value: 401, message: 'Shopware does not accept this client ID and client secret.' },
      },
      {
        type: 'responseCode',
        properties: { value: 403, message: "The integration's role may not read promotions." },
      },
      {
        type: 'responseCode',
        properties: { value: 404, message: 'There is no Shopware at this URL. Leave out "/api".' },
      },
    ],
  };
}
