import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class LifecycleLemonSqueezyApi implements ICredentialType {
  name = 'lifecycleLemonSqueezyApi';

  displayName = 'Lifecycle Lemon Squeezy API';

  icon = { light: 'file:lifecycleLemonSqueezy.svg', dark: 'file:lifecycleLemonSqueezy.dark.svg' } as const;

  documentationUrl = 'https://docs.lemonsqueezy.com/help/webhooks/signing-requests';

  properties: INodeProperties[] = [
    {
      displayName: 'Webhook Signing Secrets',
      name: 'webhookSecrets',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        'What you entered as "Signing secret" of the webhook: 6 to 40 characters, without commas and white space. While you change it, both secrets can stand here, separated by a comma. In Lemon Squeezy: Settings > Webhooks.',
    },
  ];
}
