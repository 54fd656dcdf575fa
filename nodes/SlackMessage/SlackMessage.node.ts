import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { SLACK, SlackClient } from '../../services/slack';
import { httpRequestOf } from '../shared/http';
import { processBatch } from '../shared/process-items';
import { storeOf } from '../shared/store';
import { testStoreConnection } from '../shared/test-store-connection';
import * as postMessage from './message/post';

const SLACK_CREDENTIAL = 'lifecycleSlackApi';

export class SlackMessage implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Slack Message',
    name: 'slackMessage',
    icon: { light: 'file:slackMessage.svg', dark: 'file:slackMessage.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Tell a Slack channel, once for each event and in one message for all events of a run',
    defaults: { name: 'Slack Message' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: SLACK_CREDENTIAL, required: true },
      { name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' },
    ],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'message',
        options: [{ name: 'Message', value: 'message' }],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'post',
        displayOptions: { show: { resource: ['message'] } },
        options: [postMessage.option],
      },
      ...postMessage.description,
    ],
  };

  methods = { credentialTest: { testStoreConnection } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await processBatch(this, { service: SLACK }, async (indexes) => {
      const { effects } = await storeOf(this);
      const slack = new SlackClient({ request: httpRequestOf(this, SLACK_CREDENTIAL) });
      return await postMessage.execute(this, slack, effects, indexes);
    });
  }
}
