import type { ICredentialType, INodeProperties } from 'n8n-workflow';

/** The path stands here and not in the node, so that whoever edits workflows cannot have any file of the machine read. */
export class LifecycleTrialsDatabaseApi implements ICredentialType {
  name = 'lifecycleTrialsDatabaseApi';

  displayName = 'Lifecycle Trials Database API';

  icon = {
    light: 'file:lifecycleTrialsDatabase.svg',
    dark: 'file:lifecycleTrialsDatabase.dark.svg',
  } as const;

  documentationUrl =
    'https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle/blob/main/docs/nodes.md#trial-leads';

  properties: INodeProperties[] = [
    {
      displayName: 'Path',
      name: 'path',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. /data/trials.db',
      description:
        'Absolute path of the SQLite file, on the machine or in the container that n8n runs in. It is only read.',
    },
  ];
}
