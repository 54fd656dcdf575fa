import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';

const webhookUrl: INodeProperties = {
  displayName: 'Webhook URL',
  name: 'webhookUrl',
  type: 'string',
  typeOptions: { password: true },
  required: true,
  default: '',
  placeholder: 'e.g. https://hooks.slack.com/services/…',
  description:
    'Address of an incoming webhook. Whoever knows it can post to its channel. In Slack: your app > Incoming Webhooks.',
};

/**
 * A Slack incoming webhook, whose address is the secret. n8n's HTTP Request node takes it as "Predefined Credential
 * Type": its own URL, which stands in the workflow file, is replaced by the secret one.
 */
export class LifecycleSlackApi implements ICredentialType {
  name = 'lifecycleSlackApi';

  displayName = 'Lifecycle Slack API';

  icon = { light: 'file:lifecycleSlack.svg', dark: 'file:lifecycleSlack.dark.svg' } as const;

  documentationUrl = 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks';

  properties: INodeProperties[] = [webhookUrl];

  /** The HTTP Request node names its address `uri`, n8n's other callers `url`, which n8n prefers. */
  async authenticate(
    credentials: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    return { ...options, url: String(credentials.webhookUrl).trim() };
  }

  /** Posts an empty text, which Slack refuses with 400 for a webhook that works and with 403, 404 or 410 for any other. */
  test: ICredentialTestRequest = {
    request: {
      method: 'POST',
      baseURL: '={{ $credentials.webhookUrl.trim() }}',
      url: '',
      body: { text: '' },
      json: true,
      ignoreHttpStatusErrors: { ignore: true, except: [401, 403, 404, 405, 410, 500, 502, 503, 504] },
    },
    rules: [
      ...[401, 403, 404, 405].map((value) => ({
        type: 'responseCode' as const,
        properties: {
          value,
          message: 'Slack does not know this webhook. Create a new one and paste its URL.',
        },
      })),
      {
        type: 'responseCode',
        properties: {
          value: 410,
          message: "The webhook's channel is archived. Create a webhook for another one.",
        },
      },
    ],
  };
}
