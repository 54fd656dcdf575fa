import { randomUUID } from 'node:crypto';
import { named } from './json';
import type { Customer, Invoice, Order, State, Subscription, Variant } from './state';

export type Plan = 'free' | 'pro' | 'enterprise';

const MONTH_MS = 30 * 24 * 60 * 60_000;

/** The store itself: what can be bought, who has bought it, and what becomes of it. */
export class Shop {
  private asked: string | undefined;
  private last = 0;

  constructor(readonly state: State) {}

  /** When what comes next happens; now when left out. */
  setTime(timestamp: string | undefined): void {
    this.asked = timestamp;
  }

  subscribe(
    who: Omit<Customer, 'id'>,
    plan: Plan,
    trial: boolean,
  ): { order: Order; subscription: Subscription; invoice: Invoice } {
    const variant = this.variantOf(plan);
    const price = trial ? 0 : variant.price;
    const order = this.addOrder(who, variant, price);
    const { customerId, createdAt } = order;
    const subscription = add(this.state.subscriptions, {
      customerId,
      orderId: order.id,
      variantId: variant.id,
      status: trial ? 'on_trial' : 'active',
      renewsAt: monthAfter(createdAt),
      endsAt: null,
      createdAt,
      updatedAt: createdAt,
    });
    return { order, subscription, invoice: this.addInvoice(subscription, 'initial', price, 'paid') };
  }

  changePlan(email: string, plan: Plan): { subscription: Subscription; invoice: Invoice | undefined } {
    const before = this.living(email);
    const variant = this.variantOf(plan);
    if (before.variantId === variant.id) throw new Error(`${email} is on "${variant.name}" already.`);
    const difference = variant.price - named(this.state.variants, before.variantId).price;
    const subscription = this.change(before, { variantId: variant.id });
    const invoice = difference > 0 ? this.addInvoice(subscription, 'updated', difference, 'paid') : undefined;
    return { subscription, invoice };
  }

  cancel(email: string): Subscription {
    const before = this.living(email);
    return this.change(before, { status: 'cancelled', endsAt: before.renewsAt });
  }

  expire(email: string): Subscription {
    const before = this.living(email);
    return this.change(before, { status: 'expired', endsAt: new Date(this.now()).toISOString() });
  }

  /** Throws unless the status is one of `from`. */
  setStatus(
    email: string,
    from: readonly Subscription['status'][],
    status: Subscription['status'],
  ): Subscription {
    const before = this.living(email);
    if (!from.includes(before.status))
      throw new Error(`The subscription of ${email} is ${before.status}, not ${from.join(' or ')}.`);
    return this.change(before, { status, endsAt: null });
  }

  renew(email: string): { subscription: Subscription; invoice: Invoice; recovered: boolean } {
    const before = this.living(email);
    const recovered = before.status === 'past_due';
    const renewsAt = monthAfter(before.renewsAt);
    const subscription = this.change(before, { status: 'active', renewsAt });
    const { price } = named(this.state.variants, subscription.variantId);
    const failed = this.state.invoices.findLast(
      ({ subscriptionId, status }) => subscriptionId === subscription.id && status === 'pending',
    );
    const invoice =
      recovered && failed
        ? replace(this.state.invoices, { ...failed, status: 'paid', updatedAt: subscription.updatedAt })
        : this.addInvoice(subscription, 'renewal', price, 'paid');
    return { subscription, invoice, recovered };
  }

  failPayment(email: string): { subscription: Subscription; invoice: Invoice } {
    const subscription = this.change(this.living(email), { status: 'past_due' });
    const { price } = named(this.state.variants, subscription.variantId);
    return { subscription, invoice: this.addInvoice(subscription, 'renewal', price, 'pending') };
  }

  buy(who: Omit<Customer, 'id'>): Order {
    const variant = this.state.variants.find(({ isSubscription }) => !isSubscription);
    if (!variant) throw new Error('The store sells nothing that is paid once.');
    return this.addOrder(who, variant, variant.price);
  }

  /**
   * Gives back what was paid last: an order, together with the first invoice of its subscription, or a later invoice.
   *
   * @param amount in minor units; all that is left when left out
   */
  refund(email: string, amount: number | undefined): { order?: Order; invoice?: Invoice | undefined } {
    const { id } = this.customer(email);
    const isPaid = ({ customerId, total, refundedAmount, status }: Order | Invoice): boolean =>
      customerId === id && status !== 'pending' && refundedAmount < total;
    const order = this.state.orders.findLast(isPaid);
    const invoice = this.state.invoices.findLast((one) => isPaid(one) && one.billingReason !== 'initial');
    if (invoice && (!order || invoice.createdAt > order.createdAt))
      return { invoice: replace(this.state.invoices, this.refunded(invoice, amount)) };
    if (!order) throw new Error(`${email} has paid nothing that could be given back.`);
    const refunded = replace(this.state.orders, this.refunded(order, amount));
    const first = this.firstInvoiceOf(order);
    const { status, refundedAmount, refundedAt, updatedAt } = refunded;
    const changed = first && { ...first, status, refundedAmount, refundedAt, updatedAt };
    return { order: refunded, invoice: changed && replace(this.state.invoices, changed) };
  }

  private firstInvoiceOf({ id }: Order): Invoice | undefined {
    const subscription = this.state.subscriptions.find(({ orderId }) => orderId === id);
    return this.state.invoices.find(
      ({ subscriptionId, billingReason }) =>
        subscriptionId === subscription?.id && billingReason === 'initial',
    );
  }

  private refunded<Paid extends Order | Invoice>(
    paid: Paid,
    amount = paid.total - paid.refundedAmount,
  ): Paid {
    const refundedAmount = paid.refundedAmount + amount;
    if (refundedAmount > paid.total) throw new Error('More than was paid cannot be given back.');
    const at = new Date(this.now()).toISOString();
    const status = refundedAmount === paid.total ? 'refunded' : 'partial_refund';
    return { ...paid, status, refundedAmount, refundedAt: at, updatedAt: at };
  }

  private addOrder(who: Omit<Customer, 'id'>, variant: Variant, total: number): Order {
    const at = new Date(this.now()).toISOString();
    const known = this.state.customers.find(({ email }) => email.toLowerCase() === who.email.toLowerCase());
    const customer = known ?? add(this.state.customers, who);
    return add(this.state.orders, {
      identifier: randomUUID(),
      customerId: customer.id,
      variantId: variant.id,
      total,
      status: 'paid',
      refundedAmount: 0,
      refundedAt: null,
      createdAt: at,
      updatedAt: at,
    });
  }

  private addInvoice(
    { id, customerId, updatedAt }: Subscription,
    billingReason: Invoice['billingReason'],
    total: number,
    status: 'paid' | 'pending',
  ): Invoice {
    return add(this.state.invoices, {
      subscriptionId: id,
      customerId,
      billingReason,
      total,
      status,
      refundedAmount: 0,
      refundedAt: null,
      createdAt: updatedAt,
      updatedAt,
    });
  }

  private change(before: Subscription, changes: Partial<Subscription>): Subscription {
    const updatedAt = new Date(this.now()).toISOString();
    return replace(this.state.subscriptions, { ...before, ...changes, updatedAt });
  }

  /** The customer's newest subscription that has not ended. */
  private living(email: string): Subscription {
    const { id } = this.customer(email);
    const subscription = this.state.subscriptions.findLast(
      ({ customerId, status }) => customerId === id && status !== 'expired',
    );
    if (!subscription) throw new Error(`${email} has no subscription.`);
    return subscription;
  }

  private customer(wanted: string): Customer {
    const customer = this.state.customers.find(({ email }) => email.toLowerCase() === wanted.toLowerCase());
    if (!customer) throw new Error(`${wanted} has bought nothing yet.`);
    return customer;
  }

  private variantOf(plan: Plan): Variant {
    const variant = this.state.variants.find(
      ({ name, isSubscription }) => isSubscription && name.toLowerCase().split(' ')[0] === plan,
    );
    if (!variant) throw new Error(`The store sells no ${plan} plan.`);
    return variant;
  }

  /** What was asked for, or now; never twice the same of itself, so that what happens in turn can be put in order. */
  private now(): number {
    if (this.asked !== undefined) return Date.parse(this.asked);
    this.last = Math.max(Date.now(), this.last + 1);
    return this.last;
  }
}

function monthAfter(time: string): string {
  return new Date(Date.parse(time) + MONTH_MS).toISOString();
}

function add<Entry extends { id: number }>(entries: Entry[], entry: Omit<Entry, 'id'>): Entry {
  const added = { id: (entries.at(-1)?.id ?? 0) + 1, ...entry } as Entry;
  entries.push(added);
  return added;
}

function replace<Entry extends { id: number }>(entries: Entry[], entry: NoInfer<Entry>): Entry {
  entries.splice(
    entries.findIndex(({ id }) => id === entry.id),
    1,
    entry,
  );
  return entry;
}
