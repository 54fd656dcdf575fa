import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class LifecycleAppEventsApi implements ICredentialType {
  name = 'lifecycleAppEventsApi';

  displayName = 'Lifecycle App Events API';

  icon = { light: 'file:lifecycleAppEvents.svg', dark: 'file:lifecycleAppEvents.dark.svg' } as const;

  documentationUrl =
    'https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle/blob/main/docs/operations.md#app-events';

  properties: INodeProperties[] = [
    {
      displayName: 'Token',
      name: 'token',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        'What your application sends as "Authorization: Bearer …"; at least 32 random characters. While you change it, both tokens can stand here, separated by a comma.',
    },
  ];
}
