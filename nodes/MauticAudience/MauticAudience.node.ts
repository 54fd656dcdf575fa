import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeExecutionData,
  type INodePropertyOptions,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { listContactFields, MAUTIC } from '../../services/mautic';
import { MAUTIC_CREDENTIAL, mauticOf } from '../shared/mautic';
import { processBatch } from '../shared/process-items';
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
        options: [ensureContact.option],
      },
      ...ensureContact.description,
    ],
  };

  methods = {
    loadOptions: {
      /** By label, as marketers know them; the alias is what the workflow keeps, since it is the same everywhere. */
      async getContactFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        const fields = await listContactFields(await mauticOf(this));
        return fields
          .filter(({ alias }) => alias !== 'email')
          .map(({ alias, label, type }) => ({ name: label, value: alias, description: `${alias}, ${type}` }))
          .sort((one, other) => one.name.localeCompare(other.name));
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await processBatch(this, { service: MAUTIC }, async (indexes) =>
      ensureContact.execute(this, await mauticOf(this), indexes),
    );
  }
}
