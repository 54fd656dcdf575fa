import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { TWENTY } from '../../services/twenty';
import { processBatch } from '../shared/process-items';
import { getPersonFields } from './load-options';
import * as ensurePerson from './person/ensure';
import { credentials, twentyOf } from './twenty';

export class TwentyPersonEnsure implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Twenty Person Ensure',
    name: 'twentyPersonEnsure',
    icon: { light: 'file:twentyPersonEnsure.svg', dark: 'file:twentyPersonEnsure.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Have a person in Twenty for each e-mail address, once',
    defaults: { name: 'Twenty Person Ensure' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials,
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'person',
        options: [{ name: 'Person', value: 'person' }],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'ensure',
        displayOptions: { show: { resource: ['person'] } },
        options: [ensurePerson.option],
      },
      ...ensurePerson.description,
    ],
  };

  methods = { loadOptions: { getPersonFields } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await processBatch(this, { service: TWENTY }, async (indexes) => {
      const client = await twentyOf(this);
      return await ensurePerson.execute(this, client, indexes);
    });
  }
}
