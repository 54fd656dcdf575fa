import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { WINDMILL } from '../../services/windmill';
import { processBatch } from '../shared/process-items';
import * as runJob from './job/run';
import { searchRunnables } from './path-locator';
import { WINDMILL_CREDENTIAL, windmillOf } from './windmill';

export class WindmillJob implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Windmill Job',
    name: 'windmillJob',
    icon: { light: 'file:windmillJob.svg', dark: 'file:windmillJob.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + ($parameter["path"] || $parameter["kind"]) }}',
    description: 'Run a script or flow that stays in Windmill, once for each event',
    defaults: { name: 'Windmill Job' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: WINDMILL_CREDENTIAL, required: true }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'job',
        options: [{ name: 'Job', value: 'job' }],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'run',
        displayOptions: { show: { resource: ['job'] } },
        options: [runJob.option],
      },
      ...runJob.description,
    ],
  };

  methods = { listSearch: { searchRunnables } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await processBatch(
      this,
      { service: WINDMILL },
      async (indexes) => await runJob.execute(this, await windmillOf(this), indexes),
    );
  }
}
