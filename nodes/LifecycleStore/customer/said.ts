import type { CustomerRecord } from '../../../store';

/** Everything an event may say about a customer. */
export type Facts = Omit<CustomerRecord, 'eventId' | 'deliveryId' | 'source'>;

/** What an event may be about. */
export type Topic = 'registration' | 'plan' | 'activity' | 'billing' | 'trial';

/** All that one event says. */
export interface Said {
  /** Absent when it says nothing about anybody. */
  facts?: Facts | undefined;
  /** What it says of somebody whom it does not name: of whoever had this plan before. */
  nameless?: Pick<Facts, 'plan' | 'subscription'> & { subject: string };
  /** Why it says nothing about one of these, where that is known. */
  nothing: Partial<Record<Topic, string>>;
}

/** What a service reads out of an event: who, and the fact asked for; or why there is none. */
export type Told<Fact extends 'plan' | 'payment'> =
  (Pick<Facts, 'email' | 'name'> & Required<Pick<Facts, Fact>>) | { nothing: string };

/** What an event of a billing provider says, of a plan and of a payment. */
export function together(plan: Told<'plan'>, payment: Told<'payment'>): Said {
  const nothing: Said['nothing'] = {};
  let facts: Facts | undefined;
  if ('nothing' in payment) nothing.billing = payment.nothing;
  else facts = payment;
  if ('nothing' in plan) nothing.plan = plan.nothing;
  else facts = { ...facts, ...plan };
  return { facts, nothing };
}

const UNSAID: Readonly<Record<Topic, string>> = {
  registration: 'the event is no registration of a user',
  plan: "the event says nothing about a customer's plan",
  activity: 'the event says nothing about what a user did',
  billing: 'the event says nothing about a payment or a subscription',
  trial: 'the event tells of no trial',
};

/** Why nothing is said about it, as a part of a sentence. */
export function reasonFor(topic: Topic, { nothing }: Said): string {
  return nothing[topic] ?? UNSAID[topic];
}
