import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeExecutionData,
  type INodeProperties,
  type INodePropertyOptions,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { storeOf } from '../shared/store';
import { testStoreConnection } from '../shared/test-store-connection';
import * as end from './sequence/end';
import { searchCustomers } from './sequence/preview-properties';
import * as start from './sequence/start';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function showOnlyFor(operation: string, properties: INodeProperties[]): INodeProperties[] {
  return properties.map((property) => ({
    ...property,
    displayOptions: {
      show: { ...property.displayOptions?.show, resource: ['sequence'], operation: [operation] },
    },
  }));
}

export class EmailSequence implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Email Sequence',
    name: 'emailSequence',
    icon: { light: 'file:emailSequence.svg', dark: 'file:emailSequence.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle:
      '={{ $parameter["operation"] === "end" ? "end " + ($parameter["sequence"] || "all") : [($parameter["steps"]["step"] ?? []).length].map((count) => count + (count === 1 ? " mail" : " mails over " + Math.round(($parameter["steps"]["step"] ?? []).reduce((sum, step) => sum + Math.abs(step.delay ?? 0) * ({ minutes: 1 / 1440, hours: 1 / 24, weeks: 7 }[step.unit] ?? 1), 0)) + " days"))[0] }}',
    description: 'Plan a sequence of e-mails for a customer: which mail when, and what ends it',
    defaults: { name: 'Email Sequence' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: `={{ $parameter["operation"] === "end" ? ["${NodeConnectionTypes.Main}"] : [{ type: "${NodeConnectionTypes.Main}", displayName: "Started" }, { type: "${NodeConnectionTypes.Main}", displayName: "Not Started" }] }}`,
    credentials: [{ name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'sequence',
        options: [{ name: 'Sequence', value: 'sequence' }],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'start',
        displayOptions: { show: { resource: ['sequence'] } },
        options: [
          {
            name: 'End',
            value: 'end',
            action: 'End a sequence',
            description: 'Send no further mail of it to a customer',
          },
          {
            name: 'Start',
            value: 'start',
            action: 'Start a sequence',
            description: 'Plan its mails for a customer, once for each cause',
          },
        ],
      },
      ...showOnlyFor('start', start.properties),
      ...showOnlyFor('end', end.properties),
    ],
  };

  methods = {
    credentialTest: { testStoreConnection },
    listSearch: { searchCustomers },
    loadOptions: {
      async getSequences(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        const sequences = await (await storeOf(this)).sequences.find();
        return [
          { name: 'All Sequences', value: '' },
          ...sequences.map(({ name, underWay }) => ({
            name,
            value: name,
            description: `${underWay} under way`,
          })),
        ];
      },
      getTimeZones(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        const names = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];
        return Promise.resolve(names.map((name) => ({ name, value: name })));
      },
      getWeekdays(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        return Promise.resolve(WEEKDAYS.map((name, index) => ({ name, value: index + 1 })));
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const store = await storeOf(this);
    return this.getNodeParameter('operation', 0) === 'end'
      ? await end.execute(this, store)
      : await start.execute(this, store);
  }
}
