import { STRIPE_SECRET_KEY } from '../../sandbox/identities';
import { StripeClient, type StripeNotice } from '../../services/stripe';
import { axiosRequest } from '../../stack/axios-request';
import type { TestSandbox } from './sandbox';

/** A client of the Stripe double that does not wait before it tries again. */
export function stripeClient(url: string, key = STRIPE_SECRET_KEY): StripeClient {
  const request = axiosRequest({ Authorization: `Bearer ${key}` });
  return new StripeClient({ url, request, sleep: () => Promise.resolve() });
}

/** What an action of the double on a subscription answers. */
export interface Billed {
  subscriptionId: string;
  customerId: string;
  eventIds: string[];
}

/** An action on a subscription without webhooks, and its events as they would have come in. */
export async function bill(
  stripe: TestSandbox,
  action: string,
  input: object = {},
): Promise<Billed & { notices: StripeNotice[] }> {
  const billed = await stripe.act<Billed>(action, { deliver: false, ...input });
  const { events } = await stripe.state<{ events: Array<{ id: string; payload: string }> }>();
  const notices = billed.eventIds.flatMap((id) =>
    events.filter((event) => event.id === id).map(({ payload }) => noticeOf(payload)),
  );
  return { ...billed, notices };
}

/** The notice of this type among them; throws when there is none. */
export function noticeAbout(notices: readonly StripeNotice[], type: string): StripeNotice {
  const notice = notices.find((one) => one.type === type);
  if (!notice) throw new Error(`There is no ${type} among ${notices.map((one) => one.type).join(', ')}.`);
  return notice;
}

function noticeOf(text: string): StripeNotice {
  const payload = JSON.parse(text) as { type: string; created: number };
  return { type: payload.type, occurredAt: new Date(payload.created * 1000), payload };
}
