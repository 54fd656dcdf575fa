import {
  NodeConnectionTypes,
  NodeOperationError,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { STRIPE } from '../../services/stripe';
import { processEach } from '../shared/process-items';
import { STRIPE_CREDENTIAL, getProducts, stripeOf } from '../shared/stripe';
import * as checkoutSession from './checkoutSession';
import * as customer from './customer';
import type { Operation } from './operation';
import * as subscription from './subscription';

/** By the value of the parameter "Resource". */
const resources: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  checkoutSession: checkoutSession.operations,
  customer: customer.operations,
  subscription: subscription.operations,
};

/** Only a purchase is sorted. */
const OUTPUTS =
  `={{ $parameter["resource"] === "checkoutSession" ? ["Match", "No match"].map((displayName) => ({ type: "${NodeConnectionTypes.Main}", displayName })) : ["${NodeConnectionTypes.Main}"] }}` as const;

export class StripeBilling implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Stripe Billing',
    name: 'stripeBilling',
    icon: { light: 'file:stripeBilling.svg', dark: 'file:stripeBilling.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle:
      '={{ ($parameter["operation"] + ": " + $parameter["resource"]).replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase()) }}',
    description: 'Look up purchases, subscriptions and customers in Stripe',
    defaults: { name: 'Stripe Billing' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: OUTPUTS,
    credentials: [{ name: STRIPE_CREDENTIAL, required: true }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'checkoutSession',
        options: [
          { name: 'Checkout Session', value: 'checkoutSession', description: 'A purchase in the shop' },
          { name: 'Customer', value: 'customer', description: 'Somebody who pays' },
          { name: 'Subscription', value: 'subscription', description: 'A plan that somebody pays for' },
        ],
      },
      ...checkoutSession.description,
      ...customer.description,
      ...subscription.description,
    ],
  };

  methods = { loadOptions: { getProducts } };

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
    const work = operation.prepare(this, await stripeOf(this));
    const outputs = resource === 'checkoutSession' ? 2 : 1;
    return await processEach(this, { service: STRIPE, outputs }, work);
  }
}
