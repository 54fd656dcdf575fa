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
import { contactFieldOptions, MAUTIC_CREDENTIAL, mauticOf } from '../shared/mautic';
import { processBatch } from '../shared/process-items';
import * as checkContact from './contact/check';
import * as confirmContact from './contact/confirm';

/** Field types whose text may be a link. */
const LINK_TYPES: readonly string[] = ['text', 'textarea', 'url'];

export class MauticContactGuard implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Mautic Contact Guard',
    name: 'mauticContactGuard',
    icon: { light: 'file:mauticContactGuard.svg', dark: 'file:mauticContactGuard.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Decides who gets an invite, and makes sure that no two are given to one contact',
    defaults: { name: 'Mautic Contact Guard' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: `={{ ($parameter["operation"] === "confirm" ? ${JSON.stringify(confirmContact.OUTPUT_NAMES)} : ${JSON.stringify(checkContact.OUTPUT_NAMES)}).map((displayName) => ({ type: "${NodeConnectionTypes.Main}", displayName })) }}`,
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
        default: 'check',
        displayOptions: { show: { resource: ['contact'] } },
        options: [checkContact.option, confirmContact.option],
      },
      ...checkContact.description,
      ...confirmContact.description,
    ],
  };

  methods = {
    loadOptions: {
      async getYesNoFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        return await contactFieldOptions(this, ({ type }) => type === 'boolean');
      },
      async getLinkFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        return await contactFieldOptions(this, ({ type }) => LINK_TYPES.includes(type));
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const { OUTPUT_NAMES, execute } =
      this.getNodeParameter('operation', 0) === 'confirm' ? confirmContact : checkContact;
    return await processBatch(this, { service: MAUTIC, outputs: OUTPUT_NAMES.length }, async (indexes) =>
      execute(this, await mauticOf(this), indexes),
    );
  }
}
