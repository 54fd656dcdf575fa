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
import * as compareContact from './contact/compare';
import * as confirmContact from './contact/confirm';

/** Field types whose text may be a link. */
const LINK_TYPES: readonly string[] = ['text', 'textarea', 'url'];

/** By the value of the parameter "Operation". */
const operations = { check: checkContact, compare: compareContact, confirm: confirmContact } as const;

const OUTPUT_NAMES = Object.fromEntries(
  Object.entries(operations).map(([name, operation]) => [name, operation.OUTPUT_NAMES]),
);

export class MauticContactGuard implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Mautic Contact Guard',
    name: 'mauticContactGuard',
    icon: { light: 'file:mauticContactGuard.svg', dark: 'file:mauticContactGuard.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description:
      'Decides who gets an invite, makes sure that no two are given to one contact, and compares what a contact holds',
    defaults: { name: 'Mautic Contact Guard' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: `={{ (${JSON.stringify(OUTPUT_NAMES)})[$parameter["operation"]].map((displayName) => ({ type: "${NodeConnectionTypes.Main}", displayName })) }}`,
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
        options: Object.values(operations).map(({ option }) => option),
      },
      ...Object.values(operations).flatMap(({ description }) => description),
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
    const name = this.getNodeParameter('operation', 0) as keyof typeof operations;
    const { OUTPUT_NAMES: outputs, execute } = operations[name];
    return await processBatch(this, { service: MAUTIC, outputs: outputs.length }, async (indexes) =>
      execute(this, await mauticOf(this), indexes),
    );
  }
}
