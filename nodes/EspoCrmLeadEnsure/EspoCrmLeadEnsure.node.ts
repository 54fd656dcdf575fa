import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { ESPOCRM } from '../../services/espocrm';
import { processBatch } from '../shared/process-items';
import { authentication, credentials, espoCrmOf } from './espocrm';
import * as ensureLead from './lead/ensure';
import { getLeadFields, getLeadSources, getLeadStatuses } from './load-options';

export class EspoCrmLeadEnsure implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'EspoCRM Lead Ensure',
    name: 'espoCrmLeadEnsure',
    icon: { light: 'file:espoCrmLeadEnsure.svg', dark: 'file:espoCrmLeadEnsure.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Have a lead in EspoCRM for each person, once',
    defaults: { name: 'EspoCRM Lead Ensure' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials,
    properties: [
      authentication,
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'lead',
        options: [{ name: 'Lead', value: 'lead' }],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'ensure',
        displayOptions: { show: { resource: ['lead'] } },
        options: [ensureLead.option],
      },
      ...ensureLead.description,
    ],
  };

  methods = { loadOptions: { getLeadFields, getLeadSources, getLeadStatuses } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await processBatch(this, { service: ESPOCRM }, async (indexes) => {
      const client = await espoCrmOf(this, this.getNodeParameter(authentication.name, 0));
      return await ensureLead.execute(this, client, indexes);
    });
  }
}
