import type {
  IDataObject,
  IDisplayOptions,
  IExecuteFunctions,
  INodeProperties,
  INodePropertyOptions,
} from 'n8n-workflow';
import {
  runJobs,
  WINDMILL,
  type RunJob,
  type RunRequest,
  type WindmillClient,
} from '../../../services/windmill';
import { orError, requiredId, requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { whenItFails } from '../../shared/when-it-fails';
import { kindOf, kindParameter, pathLocator, pathOf } from '../path-locator';
import { argumentParameters, argumentsOf } from './arguments';

export const option: INodePropertyOptions = {
  name: 'Run',
  value: 'run',
  action: 'Run a job',
  description: 'Run a script or flow of Windmill, once for each cause',
};

const showOnlyForRun: IDisplayOptions = { show: { resource: ['job'], operation: ['run'] } };

export const description: INodeProperties[] = [
  { ...kindParameter, displayOptions: showOnlyForRun },
  { ...pathLocator, displayOptions: showOnlyForRun },
  ...argumentParameters(showOnlyForRun),
  {
    displayName: 'Cause',
    name: 'cause',
    type: 'string',
    required: true,
    default: '={{ $json.event.id }}',
    description:
      'What the job is for. The same cause never runs the same script or flow twice, however often the item comes. Add a word when one event is to run it at two places.',
    displayOptions: showOnlyForRun,
  },
  {
    displayName: 'Wait for Result',
    name: 'wait',
    type: 'boolean',
    noDataExpression: true,
    default: false,
    description:
      'Whether the item goes on only when the job has ended, with its result. When off, a job that fails does so in Windmill only.',
    displayOptions: showOnlyForRun,
  },
  {
    displayName: 'Longest Wait',
    name: 'longestWait',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: 3600 },
    default: 60,
    description:
      'Seconds until the item fails for now; the job goes on, and the next try takes up its result. Has to be shorter than the longest run of the Lifecycle Event Trigger.',
    displayOptions: { show: { ...showOnlyForRun.show, wait: [true] } },
  },
  { ...whenItFails, displayOptions: showOnlyForRun },
];

/** Adds `job` to each item; all jobs run side by side. */
export async function execute(
  context: IExecuteFunctions,
  client: WindmillClient,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const requests = indexes.map((index) => orError(() => requestOf(context, index)));
  const jobs = await runJobs(client, requests);
  return jobs.map((job) => (job instanceof Error ? job : itemOf(job)));
}

function requestOf(context: IExecuteFunctions, index: number): RunRequest {
  const wait = context.getNodeParameter('wait', index) === true;
  return {
    kind: kindOf(context.getNodeParameter(kindParameter.name, index)),
    path: pathOf(context, index),
    args: argumentsOf(context, index),
    cause: requiredText(context, 'cause', 'Cause', index),
    ...(wait && { longestWaitMs: requiredId(context, 'longestWait', 'Longest Wait', index) * 1000 }),
  };
}

function itemOf({ kind, ...job }: RunJob): ItemResult {
  const { id, started } = job;
  const actions = [started ? `${kind} started` : `${kind} found started`];
  if ('result' in job) actions.push(`${kind} finished`);
  return {
    json: { job: job as IDataObject },
    outcomes: actions.map((action) => ({ service: WINDMILL, action, id })),
  };
}
