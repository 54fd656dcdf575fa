import type { IAllExecuteFunctions, ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { StripeClient, listProducts } from '../../services/stripe';
import { httpRequestOf } from './http';

export const STRIPE_CREDENTIAL = 'lifecycleStripeApi';

/** Stripe with the credential that is chosen in the node. */
export async function stripeOf(context: IAllExecuteFunctions): Promise<StripeClient> {
  const { url } = await context.getCredentials<{ url: string }>(STRIPE_CREDENTIAL);
  return new StripeClient({ url, request: httpRequestOf(context, STRIPE_CREDENTIAL) });
}

/** All active products, for a drop-down. */
export async function getProducts(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  const products = await listProducts(await stripeOf(this));
  return products.map(({ id, name }) => ({ name, value: id }));
}
