import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { MAUTIC_CREDENTIAL, mauticOf } from '../shared/mautic';
import * as ensureCampaigns from './campaign/ensure';
import * as ensureEmails from './email/ensure';
import * as ensureFields from './field/ensure';
import { report } from './report';
import * as ensureSegments from './segment/ensure';

const RESOURCES = {
  campaign: ensureCampaigns,
  email: ensureEmails,
  field: ensureFields,
  segment: ensureSegments,
} as const;

export class MauticSetup implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Mautic Setup',
    name: 'mauticSetup',
    icon: { light: 'file:mauticSetup.svg', dark: 'file:mauticSetup.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description:
      'Create what Mautic lacks of the fields, segments, e-mails and campaigns that workflows name',
    defaults: { name: 'Mautic Setup' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: MAUTIC_CREDENTIAL, required: true }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'field',
        options: [
          { name: 'Campaign', value: 'campaign' },
          { name: 'Email', value: 'email' },
          { name: 'Field', value: 'field' },
          { name: 'Segment', value: 'segment' },
        ],
      },
      ...Object.entries(RESOURCES).map(([resource, { option }]) => ({
        displayName: 'Operation',
        name: 'operation',
        type: 'options' as const,
        noDataExpression: true,
        default: 'ensure',
        displayOptions: { show: { resource: [resource] } },
        options: [option],
      })),
      {
        displayName:
          'Works once per run, whatever comes in. What exists already is never changed. Gives one item for each definition, behind those of an earlier Mautic Setup.',
        name: 'notice',
        type: 'notice',
        default: '',
      },
      ...Object.values(RESOURCES).flatMap(({ description }) => description),
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const resource = this.getNodeParameter('resource', 0) as keyof typeof RESOURCES;
    return [await report(this, async () => RESOURCES[resource].execute(this, await mauticOf(this)))];
  }
}
