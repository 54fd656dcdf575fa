import { z } from 'zod/v4';
import { ServiceClient, type CallOptions, type HttpRequest, type HttpResponse } from '../http';

export const STRIPE = 'Stripe';

/**
 * The version the schemas here are written for. Without it an account's own default would decide the shape of an
 * answer, and that default differs between accounts and changes with a click in Stripe's dashboard.
 */
export const API_VERSION = '2026-07-29.dahlia';

const failure = z.object({
  error: z.object({ message: z.string().optional(), code: z.string().optional() }),
});

const ADVICE = {
  401: 'Check the secret key in the Lifecycle Stripe API credential.',
  403: 'Give the restricted key read access to Charges, Checkout Sessions, Customers, Events, Invoices, Payment Intents, Prices, Products and Subscriptions in the Stripe dashboard, under Developers > API keys.',
  404: "Check that the credential's key belongs to the same Stripe account, and the same mode (test or live), as the webhook.",
};

export interface StripeOptions {
  /** Address of the API, normally `https://api.stripe.com`. */
  url: string;
  /** Must add the bearer key. */
  request: HttpRequest;
  sleep?: (milliseconds: number) => Promise<void>;
}

/** Stripe's API in a fixed API version. */
export class StripeClient {
  private readonly client: ServiceClient;

  constructor({ url, request, sleep }: StripeOptions) {
    this.client = new ServiceClient({
      service: STRIPE,
      url: url.replace(/\/+$/, ''),
      request,
      describe,
      advice: ADVICE,
      ...(sleep && { sleep }),
    });
  }

  /** The body of a GET. Throws `ServiceError` when there is no 2xx. */
  async get(
    action: string,
    path: string,
    query: Record<string, string | number | boolean | readonly string[]> = {},
  ) {
    const answer = await this.call({ action, method: 'GET', path, query });
    return answer.body;
  }

  /** Any call; Stripe takes bodies as a `form`. Throws `ServiceError` for everything but 2xx and `expect`. */
  call(options: CallOptions): Promise<HttpResponse> {
    return this.client.call({
      ...options,
      headers: { ...options.headers, 'Stripe-Version': API_VERSION },
    });
  }
}

function describe(body: unknown): string | undefined {
  const parsed = failure.safeParse(body);
  if (!parsed.success) return undefined;
  return parsed.data.error.message ?? parsed.data.error.code;
}
