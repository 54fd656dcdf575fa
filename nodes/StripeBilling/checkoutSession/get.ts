import {
  NodeOperationError,
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
  type INodePropertyOptions,
} from 'n8n-workflow';
import {
  STRIPE,
  isPaid,
  matchPurchase,
  requireEmail,
  retrieveCheckoutSession,
  type CheckoutSession,
  type MatchedPurchase,
  type PurchaseRule,
  type StripeClient,
} from '../../../services/stripe';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';

const MATCH = 0;
const NO_MATCH = 1;

export const option: INodePropertyOptions = {
  name: 'Get',
  value: 'get',
  action: 'Get a checkout session with all its line items',
  description:
    'Get a checkout session with all its line items, and see whether it was paid and holds a product',
};

const showOnlyForCheckoutSessionGet: IDisplayOptions = {
  show: { resource: ['checkoutSession'], operation: ['get'] },
};

export const description: INodeProperties[] = [
  {
    displayName: 'Checkout Session ID',
    name: 'sessionId',
    type: 'string',
    required: true,
    default: '={{ $json.event.payload.data.object.id }}',
    placeholder: 'e.g. cs_live_a1b2c3',
    description: 'The checkout session to look up. Preset for items of the Lifecycle Event Trigger.',
    displayOptions: showOnlyForCheckoutSessionGet,
  },
  {
    displayName: 'Match Products',
    name: 'matchProducts',
    type: 'options',
    default: 'metadata',
    description: 'Which products make a paid purchase leave by the output Match',
    displayOptions: showOnlyForCheckoutSessionGet,
    options: [
      {
        name: 'Any',
        value: 'any',
        description: 'Every paid purchase matches',
      },
      {
        name: 'By Metadata',
        value: 'metadata',
        description:
          'Products with an entry in their metadata in Stripe; works unchanged in every Stripe account',
      },
      {
        name: 'Picked Products',
        value: 'products',
        description: 'Products picked from the list; they belong to one Stripe account and mode',
      },
    ],
  },
  {
    displayName: 'Metadata Key',
    name: 'metadataKey',
    type: 'string',
    required: true,
    default: 'lifecycle',
    placeholder: 'e.g. lifecycle',
    description: "Key of the entry in the product's metadata",
    displayOptions: { show: { ...showOnlyForCheckoutSessionGet.show, matchProducts: ['metadata'] } },
  },
  {
    displayName: 'Metadata Value',
    name: 'metadataValue',
    type: 'string',
    required: true,
    default: 'vip',
    placeholder: 'e.g. vip',
    description: "Value of the entry in the product's metadata, in upper or lower case",
    displayOptions: { show: { ...showOnlyForCheckoutSessionGet.show, matchProducts: ['metadata'] } },
  },
  {
    displayName: 'Product Names or IDs',
    name: 'productIds',
    type: 'multiOptions',
    required: true,
    default: [],
    typeOptions: { loadOptionsMethod: 'getProducts' },
    description:
      'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
    displayOptions: { show: { ...showOnlyForCheckoutSessionGet.show, matchProducts: ['products'] } },
  },
];

/**
 * Adds `checkout` to an item. A purchase that is paid and holds a matching product leaves by *Match*, every other one
 * by *No match* with an outcome that says why. It is the session's state of now that decides, so it makes no
 * difference in which order Stripe's events arrive.
 */
export function prepare(
  context: IExecuteFunctions,
  client: StripeClient,
): (index: number) => Promise<ItemResult> {
  return (index) => look(context, client, index);
}

async function look(context: IExecuteFunctions, client: StripeClient, index: number): Promise<ItemResult> {
  const id = requiredText(context, 'sessionId', 'Checkout Session ID', index);
  const rule = purchaseRule(context, index);
  const session = await retrieveCheckoutSession(client, id);
  const purchase = matchPurchase(rule, session.items);
  const reason = reasonToIgnore(session, purchase);
  if (reason !== undefined) {
    return {
      json: { checkout: checkoutOf(session, session.email, purchase) },
      output: NO_MATCH,
      outcomes: [{ service: STRIPE, action: `ignored: ${reason}`, id: session.id }],
    };
  }
  return {
    json: { checkout: checkoutOf(session, requireEmail(session), purchase) },
    output: MATCH,
    outcomes: [{ service: STRIPE, action: 'purchase looked up', id: session.id }],
  };
}

function reasonToIgnore(session: CheckoutSession, purchase: MatchedPurchase): string | undefined {
  if (!isPaid(session)) return `payment_status is ${session.paymentStatus}`;
  if (!purchase.matches) return 'no matching product';
  return undefined;
}

function checkoutOf(session: CheckoutSession, email: string | null, { products, quantity }: MatchedPurchase) {
  return {
    id: session.id,
    email,
    name: session.name,
    locale: session.locale,
    currency: session.currency,
    amountTotal: session.amountTotal,
    paymentStatus: session.paymentStatus,
    quantity,
    products,
  };
}

function purchaseRule(context: IExecuteFunctions, index: number): PurchaseRule {
  const by = context.getNodeParameter('matchProducts', index) as PurchaseRule['by'];
  switch (by) {
    case 'any':
      return { by };
    case 'metadata':
      return {
        by,
        key: requiredText(context, 'metadataKey', 'Metadata Key', index),
        value: requiredText(context, 'metadataValue', 'Metadata Value', index),
      };
    case 'products': {
      const ids = context.getNodeParameter('productIds', index) as string[];
      if (ids.length > 0) return { by, ids };
      throw new NodeOperationError(context.getNode(), 'Pick at least one product, or match by metadata.', {
        itemIndex: index,
      });
    }
  }
}
