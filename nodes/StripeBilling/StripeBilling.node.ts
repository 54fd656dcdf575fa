import {
  NodeConnectionTypes,
  NodeOperationError,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { STRIPE, listProducts } from '../../services/stripe';
import { processEach } from '../shared/process-items';
import * as checkoutSession from './checkoutSession';
import { STRIPE_CREDENTIAL, stripeOf } from '../shared/stripe';
import type { Operation } from './operation';

/** By the value of the parameter "Resource". */
const resources: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  checkoutSession: checkoutSession.operations,
};

export class StripeBilling implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Stripe Billing',
    name: 'stripeBilling',
    icon: { light: 'file:stripeBilling.svg', dark: 'file:stripeBilling.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Look up purchases in Stripe with everything that was bought',
    defaults: { name: 'Stripe Billing' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
    outputNames: ['Match', 'No match'],
    credentials: [{ name: STRIPE_CREDENTIAL, required: true }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'checkoutSession',
        options: [{ name: 'Checkout Session', value: 'checkoutSession' }],
      },
      ...checkoutSession.description,
    ],
  };

  methods = {
    loadOptions: {
      async getProducts(this: ILoadOptionsFunctions) {
        const products = await listProducts(await stripeOf(this));
        return products.map(({ id, name }) => ({ name, value: id }));
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const resource = this.getNodeParameter('resource', 0);
    const name = this.getNodeParameter('operation', 0);
    const operation = resources[resource]?.[name];
    if (!operation) {
      throw new NodeOperationError(
        this.getNode(),
        `There is no operation "${name}" on the resource "${resource}".`,
      );
    }
    const client = await stripeOf(this);
    return await processEach(this, { service: STRIPE, outputs: 2 }, (index) =>
      operation.execute(this, client, index),
    );
  }
}
