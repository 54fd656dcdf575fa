import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeExecutionData,
  type INodePropertyOptions,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { MAUTIC } from '../../services/mautic';
import { audienceOptions, contactFieldOptions, MAUTIC_CREDENTIAL, mauticOf } from '../shared/mautic';
import { processBatch } from '../shared/process-items';
import * as doNotContact from './contact/do-not-contact';
import * as ensureContact from './contact/ensure';

export class MauticAudience implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Mautic Audience',
    name: 'mauticAudience',
    icon: { light: 'file:mauticAudience.svg', dark: 'file:mauticAudience.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Declare what should hold for a contact in Mautic, and have it so',
    defaults: { name: 'Mautic Audience' },
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
        default: 'contact',
        options: [{ name: 'Contact', value: 'contact' }],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'ensure',
        displayOptions: { show: { resource: ['contact'] } },
        options: [doNotContact.option, ensureContact.option],
      },
      ...ensureContact.description,
      ...doNotContact.description,
    ],
  };

  methods = {
    loadOptions: {
      async getContactFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        return await contactFieldOptions(this, ({ alias }) => alias !== 'email');
      },
      async getSegments(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        return await audienceOptions(this, 'segment');
      },
      async getCampaigns(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        return await audienceOptions(this, 'campaign');
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    // Neither parameter takes an expression: they are the same for all items.
    const { execute } =
      this.getNodeParameter('operation', 0) === 'doNotContact' ? doNotContact : ensureContact;
    return await processBatch(this, { service: MAUTIC }, async (indexes) =>
      execute(this, await mauticOf(this), indexes),
    );
  }
}
