import type { ICredentialTestRequest, INodeProperties } from 'n8n-workflow';

const MOVED =
  'EspoCRM sent us on to another address. Enter the one it uses itself (its "Site URL", often https).';

/** What EspoCRM's credentials have in common. */
export const espoCrmUrl: INodeProperties = {
  displayName: 'URL',
  name: 'url',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. https://crm.example.com',
  description: 'Address of EspoCRM, without "/api/v1"',
};

/** Asks who the API user is. n8n sends a request that is refused with 401 once more, so each press counts twice. */
export function espoCrmTest(whenRefused: string): ICredentialTestRequest {
  return {
    request: {
      baseURL: '={{ $credentials.url.trim().replace(/\\/+$/, "") }}/api/v1',
      url: '/App/user',
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
          value: 401,
          message: `EspoCRM does not accept this. ${whenRefused} Do not try more than five times a minute: EspoCRM would lock out this n8n altogether.`,
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 403,
          message:
            'EspoCRM keeps out this n8n: after more than 10 tries with wrong keys it locks out their address for a minute, right keys included. Wait, then look for a wrong key under Administration > Auth Log. If there is none, the address is missing on the IP whitelist under Administration > Authentication.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 404,
          message: 'There is no EspoCRM API at this URL. Leave out "/api/v1" and everything behind it.',
        },
      },
      {
        type: 'responseCode',
        properties: { value: 503, message: 'EspoCRM is in maintenance mode. Try again later.' },
      },
    ],
  };
}
