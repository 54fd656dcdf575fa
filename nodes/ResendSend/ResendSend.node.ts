import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { RESEND } from '../../services/resend';
import { processBatch } from '../shared/process-items';
import { RESEND_CREDENTIAL, resendAccountOf } from '../shared/resend';
import * as send from './email/send';
import * as sendBatch from './email/send-batch';
import { orUnsentOfAccount } from './email/unsent';
import { searchTemplates } from './template-locator';

export class ResendSend implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Resend Send',
    name: 'resendSend',
    icon: { light: 'file:resendSend.svg', dark: 'file:resendSend.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle:
      '={{ $parameter["operation"] === "sendBatch" ? "send batch" : $parameter["subject"] || "send" }}',
    description: 'Send e-mails through Resend, never twice for one cause',
    defaults: { name: 'Resend Send' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: RESEND_CREDENTIAL, required: true }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'email',
        options: [{ name: 'Email', value: 'email' }],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'send',
        displayOptions: { show: { resource: ['email'] } },
        options: [send.option, sendBatch.option],
      },
      ...send.description,
      ...sendBatch.description,
    ],
  };

  methods = { listSearch: { searchTemplates } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const operation = this.getNodeParameter('operation', 0) === 'sendBatch' ? sendBatch : send;
    return await processBatch(this, { service: RESEND }, async (indexes) => {
      const account = await orUnsentOfAccount(() => resendAccountOf(this));
      return account instanceof Error
        ? indexes.map(() => account)
        : await operation.execute(this, account, indexes);
    });
  }
}
