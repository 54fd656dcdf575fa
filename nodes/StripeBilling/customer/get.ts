import type {
  IDataObject,
  IDisplayOptions,
  IExecuteFunctions,
  INodeProperties,
  INodePropertyOptions,
} from 'n8n-workflow';
import {
  STRIPE,
  disputedChargeIn,
  namesCardholder,
  payerIn,
  readPayer,
  readPayerOfCharge,
  type Payer,
  type StripeClient,
} from '../../../services/stripe';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { stripeEventOf } from '../item-event';

export const option: INodePropertyOptions = {
  name: 'Get',
  value: 'get',
  action: 'Get the customer who pays',
  description: 'Get the e-mail address and name of who pays, where the event does not name them itself',
};

const CUSTOMER_ID = { name: 'customerId', displayName: 'Customer ID' };

const showOnlyForCustomerGet: IDisplayOptions = { show: { resource: ['customer'], operation: ['get'] } };

export const description: INodeProperties[] = [
  {
    ...CUSTOMER_ID,
    type: 'string',
    default: '={{ $json.event.payload.data.object.customer }}',
    placeholder: 'e.g. cus_1a2b3c',
    description:
      'The customer to look up. Preset for items of the Lifecycle Event Trigger; those whose event is not of Stripe, or has no customer, pass untouched. Of a dispute, the customer of its charge is looked up.',
    displayOptions: showOnlyForCustomerGet,
  },
];

/**
 * Adds `payer` to an item. Stripe is asked only where the event itself names no e-mail address of the customer, once for
 * each. A dispute names nobody; its charge does.
 */
export function prepare(
  context: IExecuteFunctions,
  client: StripeClient,
): (index: number) => Promise<ItemResult> {
  const payers = new Map<string, Promise<Payer>>();
  return async (index) => {
    const event = stripeEventOf(context, index);
    if (event === 'elsewhere') return { json: {} };
    const chargeId = disputedChargeIn(event?.payload);
    if (chargeId !== undefined) {
      const payer = payers.get(chargeId) ?? readPayerOfCharge(client, chargeId);
      payers.set(chargeId, payer);
      return {
        json: { payer: jsonOf(await payer) },
        outcomes: [{ service: STRIPE, action: 'customer of the charge looked up', id: chargeId }],
      };
    }
    const named = event && payerIn(event.payload);
    if (event && named) {
      const namesCustomer = named.customerId !== null && !namesCardholder(event.payload);
      if (namesCustomer && named.email !== null) return { json: { payer: jsonOf(named) } };
      // A guest is nobody that could be looked up.
      if (!context.getNodeParameter(CUSTOMER_ID.name, index, '')) return { json: {} };
    }
    const id = requiredText(context, CUSTOMER_ID.name, CUSTOMER_ID.displayName, index);
    const payer = payers.get(id) ?? readPayer(client, id);
    payers.set(id, payer);
    const { customerId, email, name } = await payer;
    return {
      json: {
        payer: { customerId, email: email ?? named?.email ?? null, name: name ?? named?.name ?? null },
      },
      outcomes: [{ service: STRIPE, action: 'customer looked up', id }],
    };
  };
}

function jsonOf({ customerId, email, name }: Payer): IDataObject {
  return { customerId, email, name };
}
