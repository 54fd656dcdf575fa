import {
  NodeOperationError,
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
} from 'n8n-workflow';
import {
  STRIPE,
  isPaid,
  matchPurchase,
  requireEmail,
  type CheckoutSession,
  type MatchedPurchase,
  type PurchaseRule,
} from '../../../services/stripe';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';

const MATCH = 0;
const NO_MATCH = 1;

/** What decides about a purchase, whichever way it is found. */
const rule: INodeProperties[] = [
  {
    displayName: 'Match Products',
    name: 'matchProducts',
    type: 'options',
    default: 'metadata',
    description: 'Which products make a paid purchase leave by the output Match',
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
    displayOptions: { show: { matchProducts: ['metadata'] } },
  },
  {
    displayName: 'Metadata Value',
    name: 'metadataValue',
    type: 'string',
    required: true,
    default: 'vip',
    placeholder: 'e.g. vip',
    description: "Value of the entry in the product's metadata, in upper or lower case",
    displayOptions: { show: { matchProducts: ['metadata'] } },
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
    displayOptions: { show: { matchProducts: ['products'] } },
  },
];

/** The parameters of {@link purchaseRule}. */
export function ruleProperties({ show }: IDisplayOptions): INodeProperties[] {
  return rule.map((property) => ({
    ...property,
    displayOptions: { show: { ...show, ...property.displayOptions?.show } },
  }));
}

/** Throws a `NodeOperationError` for one that is not filled in. */
export function purchaseRule(context: IExecuteFunctions, index: number): PurchaseRule {
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

/**
 * Adds `checkout` to an item. A purchase that is paid and holds a matching product leaves by *Match*, every other one by
 * *No match* with an outcome that says why; so does one that `reasonAgainst` has something against.
 */
export function sorted(
  session: CheckoutSession,
  wanted: PurchaseRule,
  reasonAgainst?: string | undefined,
): ItemResult {
  const purchase = matchPurchase(wanted, session.items);
  const reason = reasonToIgnore(session, purchase) ?? reasonAgainst;
  if (reason !== undefined) {
    return ignored(reason, session.id, { checkout: checkoutOf(session, session.email, purchase) });
  }
  return {
    json: { checkout: checkoutOf(session, requireEmail(session), purchase) },
    output: MATCH,
    outcomes: [{ service: STRIPE, action: 'purchase looked up', id: session.id }],
  };
}

/** What leaves by *No match*; `id` is what was looked up at Stripe. */
export function ignored(reason: string, id?: string, json: ItemResult['json'] = {}): ItemResult {
  const outcome = { service: STRIPE, action: `ignored: ${reason}`, ...(id !== undefined && { id }) };
  return { json, output: NO_MATCH, outcomes: [outcome] };
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
    refunded: session.refunded,
    quantity,
    products,
  };
}
