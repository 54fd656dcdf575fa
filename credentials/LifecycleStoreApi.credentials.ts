import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class LifecycleStoreApi implements ICredentialType {
  name = 'lifecycleStoreApi';

  displayName = 'Lifecycle Store API';

  icon = { light: 'file:lifecycleStore.svg', dark: 'file:lifecycleStore.dark.svg' } as const;

  documentationUrl =
    'https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle/blob/main/docs/operations.md#the-store';

  properties: INodeProperties[] = [
    {
      displayName: 'Host',
      name: 'host',
      type: 'string',
      default: 'localhost',
      required: true,
      description: 'Where PostgreSQL 14 or newer runs. Connect directly, not through a transaction pooler.',
    },
    { displayName: 'Port', name: 'port', type: 'number', default: 5432, required: true },
    {
      displayName: 'Database',
      name: 'database',
      type: 'string',
      default: 'lifecycle',
      required: true,
      description: 'One that the user may create a schema in; a database of its own is best',
    },
    { displayName: 'User', name: 'user', type: 'string', default: 'lifecycle', required: true },
    {
      displayName: 'Password',
      name: 'password',
      type: 'string',
      typeOptions: { password: true },
      default: '',
    },
    {
      displayName: 'SSL',
      name: 'ssl',
      type: 'options',
      options: [
        { name: 'Off', value: 'disable' },
        { name: 'On, Certificate Checked', value: 'verify-full' },
        { name: 'On, Certificate Not Checked', value: 'no-verify' },
      ],
      default: 'disable',
    },
  ];
}
