import type { IAllExecuteFunctions } from 'n8n-workflow';
import { StripeClient } from '../../services/stripe';
import { httpRequestOf } from './http';

export const STRIPE_CREDENTIAL = 'lifecycleStripeApi';

/** Stripe with the credential that is chosen in the node. */
export async function stripeOf(context: IAllExecuteFunctions): Promise<StripeClient> {
  const { url } = await context.getCredentials<{ url: string }>(STRIPE_CREDENTIAL);
  return new StripeClient({ url, request: httpRequestOf(context, STRIPE_CREDENTIAL) });
}
