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
import { storeOf } from '../shared/store';
import { testStoreConnection } from '../shared/test-store-connection';
import * as sendToContact from './email/send-to-contact';
import { searchEmails } from './email-locator';

export class MauticEmailSend implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Mautic Email Send',
    name: 'mauticEmailSend',
    icon: { light: 'file:mauticEmailSend.svg', dark: 'file:mauticEmailSend.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["emailTemplate"] || $parameter["operation"] }}',
    description: 'Send a template e-mail of Mautic to a contact, never twice for one cause',
    defaults: { name: 'Mautic Email Send' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: MAUTIC_CREDENTIAL, required: true },
      { name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' },
    ],
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
        default: 'sendToContact',
        displayOptions: { show: { resource: ['email'] } },
        options: [sendToContact.option],
      },
      ...sendToContact.description,
    ],
  };

  methods = {
    credentialTest: { testStoreConnection },
    listSearch: { searchEmails },
    loadOptions: {
      async getOptInFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        return await contactFieldOptions(this, ({ type }) => type === 'boolean');
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await processBatch(this, { service: MAUTIC }, async (indexes) => {
      const { effects } = await storeOf(this);
      return await sendToContact.execute(this, await mauticOf(this), effects, indexes);
    });
  }
}
