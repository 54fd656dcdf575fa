import type { Json } from '../double';
import type { Account } from './account';
import type { Generation } from './api-version';
import {
  chargeSchema,
  invoiceSchema,
  isOver,
  subscriptionSchema,
  totalOf,
  type Dispute,
  type Feedback,
  type Invoice,
  type Subscription,
} from './billing-model';
import { invoiceObject, priceOf, subscriptionObject } from './billing-objects';
import { chargeObject, disputeObject } from './charge-objects';
import { disputeCharge, refundCharge, type DisputeAsked, type WhichCharge } from './charges';
import { customerWith } from './customers';
import { difference } from './difference';
import { newId } from './ids';
import { customerSchema, sessionSchema, type Customer, type Price, type Session } from './model';
import { customerObject, sessionObject, type StripeObject } from './objects';
import { DAY_SECONDS, periodOf } from './periods';

/** Until the next try after a payment that failed. */
const RETRY_SECONDS = 3 * DAY_SECONDS;

/** One thing that happened in the account, as its event tells it: the object as it was right then. */
export interface Happening {
  type: string;
  object: StripeObject;
  /** What changed keys of the object were before. */
  previous?: Json;
  customerId: string | null;
  sessionId?: string;
}

export interface Order {
  /** Whose; `null`: a customer without an address. */
  email: string | null;
  name?: string | undefined;
  /** Ids of the products, or what they have as `plan` in their metadata. */
  products: readonly string[];
  trialDays: number;
  /** Whether the first payment comes. */
  isPaid: boolean;
  /** Whether it is bought in Checkout, which raises one more event. */
  inCheckout: boolean;
  /** Whether for a further customer, though there is one with this address. */
  isNewCustomer: boolean;
}

/** What a customer tells on leaving. */
export interface Leaving {
  feedback?: Feedback | undefined;
  comment?: string | undefined;
}

/**
 * What becomes of subscriptions at one moment: changes the account, and collects what Stripe would raise events about,
 * in the order in which it happened.
 */
export class Billing {
  readonly happenings: Happening[] = [];

  constructor(
    private readonly account: Account,
    /** Seconds since 1970. */
    private readonly at: number,
    private readonly generation: Generation,
  ) {}

  /** Begins a subscription, for the customer with this address or a new one. */
  subscribe(order: Order): Subscription {
    const { at } = this;
    const prices = order.products.map((name) => this.priceFor(name));
    const currency = currencyOf(prices);
    const known =
      order.isNewCustomer || order.email === null ? undefined : customerWith(this.account, order.email);
    const customer = known ?? this.addCustomer(order);
    const isTrial = order.trialDays > 0;
    const periodEnd = at + (isTrial ? order.trialDays * DAY_SECONDS : shortestOf(prices));
    const subscription = subscriptionSchema.parse({
      customerId: customer.id,
      status: isTrial ? 'trialing' : 'incomplete',
      currency,
      items: prices.map(({ id }) => ({ priceId: id, created: at })),
      ...(isTrial && { trialStart: at, trialEnd: periodEnd }),
      periodStart: at,
      periodEnd,
      latestInvoiceId: newId('in'),
      created: at,
    });
    this.account.subscriptions.set(subscription.id, subscription);
    const invoice = this.bill(subscription, 'subscription_create');
    this.tellSubscription('created', subscription);
    if (!order.isPaid) {
      this.fail(invoice);
      return subscription;
    }
    this.pay(invoice);
    const begun = isTrial ? subscription : this.change(subscription, { status: 'active' });
    if (order.inCheckout) this.checkOut(begun, invoice, customer);
    return begun;
  }

  /** Replaces the first product. */
  changePlan(subscription: Subscription, product: string): void {
    const [first, ...others] = subscription.items;
    if (!first) return;
    const { id, currency } = this.priceFor(product);
    if (currency !== subscription.currency) {
      throw new Error(`The subscription is paid in ${subscription.currency}, "${product}" in ${currency}.`);
    }
    this.change(subscription, { items: [{ ...first, priceId: id }, ...others] });
  }

  cancelAtPeriodEnd(subscription: Subscription, leaving: Leaving): void {
    this.change(subscription, {
      cancelAtPeriodEnd: true,
      cancelAt: subscription.periodEnd,
      canceledAt: this.at,
      cancellationReason: 'cancellation_requested',
      ...told(leaving),
    });
  }

  cancelNow(
    subscription: Subscription,
    reason: Subscription['cancellationReason'],
    leaving: Leaving = {},
  ): void {
    const { at } = this;
    const ended: Subscription = {
      ...subscription,
      status: 'canceled',
      canceledAt: subscription.canceledAt ?? at,
      cancellationReason: subscription.cancellationReason ?? reason,
      ...told(leaving),
      endedAt: at,
    };
    this.account.subscriptions.set(ended.id, ended);
    this.tellSubscription('deleted', ended);
  }

  pause(subscription: Subscription): void {
    const paused: Subscription = { ...subscription, status: 'paused' };
    this.account.subscriptions.set(paused.id, paused);
    this.tellSubscription('paused', paused);
  }

  /** Leaves the status as it is. */
  pauseCollection(subscription: Subscription): void {
    this.change(subscription, { collectionPaused: true });
  }

  /** Takes back an end that is set or a pause. */
  resume(subscription: Subscription): void {
    if (subscription.status === 'paused') {
      const resumed: Subscription = { ...subscription, status: 'active' };
      this.account.subscriptions.set(resumed.id, resumed);
      this.tellSubscription('resumed', resumed);
      return;
    }
    this.change(subscription, {
      cancelAtPeriodEnd: false,
      cancelAt: null,
      canceledAt: null,
      cancellationReason: null,
      cancellationFeedback: null,
      cancellationComment: null,
      collectionPaused: false,
    });
  }

  trialWillEnd(subscription: Subscription): void {
    this.tellSubscription('trial_will_end', subscription);
  }

  /** The open invoice is paid, or else the period ends: with a payment for the next one, or as it was set to end. */
  renew(subscription: Subscription): void {
    const open = this.openInvoice(subscription);
    if (open) {
      this.pay(open);
      this.change(subscription, { status: 'active' });
    } else if (subscription.cancelAtPeriodEnd) {
      this.cancelNow(subscription, 'cancellation_requested');
    } else {
      const { renewed, invoice } = this.nextPeriod(subscription);
      this.pay(invoice);
      this.change(subscription, { ...renewed, status: 'active' });
    }
  }

  /** The payment for the next period fails, or one more try for the same. */
  failPayment(subscription: Subscription): void {
    const open = this.openInvoice(subscription);
    if (open) return this.fail(open);
    const { renewed, invoice } = this.nextPeriod(subscription);
    this.fail(invoice);
    this.change(subscription, { ...renewed, status: 'past_due' });
  }

  /** Gives money back, of the newest charge unless told which: all that is left unless told how much. */
  refund(which: WhichCharge): string {
    const charge = refundCharge(this.account, which, this.at);
    this.tell('charge.refunded', chargeObject(charge, this.generation), charge.customerId);
    return charge.id;
  }

  /** The event has no customer, as Stripe's has none; the page may tell who it is. */
  dispute(asked: DisputeAsked): Dispute {
    const dispute = disputeCharge(this.account, asked, this.at);
    const charge = this.account.charges.get(dispute.chargeId);
    this.tell('charge.dispute.created', disputeObject(dispute), charge?.customerId ?? null);
    return dispute;
  }

  updateCustomer(customer: Customer, change: Partial<Pick<Customer, 'email' | 'name'>>): void {
    const changed: Customer = { ...customer, ...change };
    const object = customerObject(changed);
    const previous = difference(customerObject(customer), object);
    if (previous === undefined) throw new Error('This would change nothing about the customer.');
    this.account.customers.set(changed.id, changed);
    this.happenings.push({ type: 'customer.updated', object, previous, customerId: changed.id });
  }

  /** Ends the customer's subscriptions, too, as Stripe does. */
  deleteCustomer(customer: Customer): void {
    for (const subscription of this.account.subscriptions.values()) {
      if (subscription.customerId === customer.id && !isOver(subscription)) {
        this.cancelNow(subscription, null);
      }
    }
    this.account.customers.set(customer.id, { ...customer, deleted: true });
    this.tell('customer.deleted', customerObject(customer), customer.id);
  }

  private addCustomer({ email, name }: Pick<Order, 'email' | 'name'>): Customer {
    const customer = customerSchema.parse({ email, name: name ?? null, created: this.at });
    this.account.customers.set(customer.id, customer);
    this.tell('customer.created', customerObject(customer), customer.id);
    return customer;
  }

  private priceFor(productName: string): Price {
    const product = [...this.account.products.values()].find(
      ({ id, metadata }) => id === productName || metadata.plan?.toLowerCase() === productName,
    );
    if (!product) throw new Error(`Stripe has no product for the plan "${productName}".`);
    const price = this.account.prices.get(product.defaultPriceId ?? '');
    if (!price?.recurring) throw new Error(`"${product.name}" is bought once: there is no recurring price.`);
    return price;
  }

  /** Makes the invoice for the subscription's period, in trial for nothing. */
  private bill(subscription: Subscription, billingReason: Invoice['billingReason']): Invoice {
    const { account, at } = this;
    const customer = account.customers.get(subscription.customerId);
    const isFree = subscription.status === 'trialing' && billingReason === 'subscription_create';
    const invoice = invoiceSchema.parse({
      id: subscription.latestInvoiceId ?? undefined,
      customerId: subscription.customerId,
      email: customer?.email ?? null,
      name: customer?.name ?? null,
      subscriptionId: subscription.id,
      status: 'open',
      billingReason,
      currency: subscription.currency,
      lines: subscription.items.map(({ id, priceId, quantity }) => {
        const price = priceOf(account, priceId);
        return {
          subscriptionItemId: id,
          priceId,
          description: `${quantity} × ${account.products.get(price.productId)?.name ?? price.productId}`,
          amount: isFree ? 0 : price.unitAmount * quantity,
          quantity,
        };
      }),
      periodStart: subscription.periodStart,
      periodEnd: subscription.periodEnd,
      created: at,
    });
    account.invoices.set(invoice.id, invoice);
    return invoice;
  }

  private nextPeriod(subscription: Subscription): { renewed: Partial<Subscription>; invoice: Invoice } {
    const { periodEnd } = subscription;
    const prices = subscription.items.map(({ priceId }) => priceOf(this.account, priceId));
    const renewed = {
      periodStart: periodEnd,
      periodEnd: periodEnd + shortestOf(prices),
      latestInvoiceId: newId('in'),
    };
    return { renewed, invoice: this.bill({ ...subscription, ...renewed }, 'subscription_cycle') };
  }

  private openInvoice({ id }: Subscription): Invoice | undefined {
    return this.account.invoices.findNewest(
      ({ subscriptionId, status }) => subscriptionId === id && status === 'open',
    );
  }

  private pay(invoice: Invoice): void {
    const { account, at } = this;
    const amount = totalOf(invoice);
    let paid: Invoice = { ...invoice, status: 'paid', paidAt: at, nextPaymentAttempt: null };
    if (amount > 0) {
      const { customerId, currency, email, name, id: invoiceId } = invoice;
      const paymentIntentId = newId('pi');
      const payment = { amount, currency, customerId, email, name, invoiceId, paymentIntentId, created: at };
      const charge = chargeSchema.parse(payment);
      account.charges.set(charge.id, charge);
      paid = { ...paid, attemptCount: invoice.attemptCount + 1, chargeId: charge.id, paymentIntentId };
    }
    account.invoices.set(paid.id, paid);
    this.tellInvoice('paid', paid);
  }

  private fail(invoice: Invoice): void {
    const failed: Invoice = {
      ...invoice,
      attemptCount: invoice.attemptCount + 1,
      nextPaymentAttempt: this.at + RETRY_SECONDS,
    };
    this.account.invoices.set(failed.id, failed);
    this.tellInvoice('payment_failed', failed);
  }

  private checkOut(subscription: Subscription, invoice: Invoice, customer: Customer): void {
    const session: Session = sessionSchema.parse({
      email: customer.email,
      name: customer.name,
      currency: subscription.currency,
      customerId: customer.id,
      paymentStatus: totalOf(invoice) === 0 ? 'no_payment_required' : 'paid',
      subscriptionId: subscription.id,
      invoiceId: invoice.id,
      items: invoice.lines.map(({ priceId, description, amount, quantity }) => ({
        priceId,
        description,
        unitAmount: amount / quantity,
        quantity,
      })),
      created: this.at,
    });
    this.account.sessions.set(session.id, session);
    this.happenings.push({
      type: 'checkout.session.completed',
      object: sessionObject(session),
      customerId: customer.id,
      sessionId: session.id,
    });
  }

  /** Changes a subscription, and tells what its changed fields were before; nothing when nothing changes. */
  private change(subscription: Subscription, change: Partial<Subscription>): Subscription {
    const { account, generation } = this;
    const changed = { ...subscription, ...change };
    const object = subscriptionObject(changed, account, generation);
    const previous = difference(subscriptionObject(subscription, account, generation), object);
    if (previous === undefined) throw new Error('This would change nothing about the subscription.');
    account.subscriptions.set(changed.id, changed);
    const { customerId } = changed;
    this.happenings.push({ type: 'customer.subscription.updated', object, previous, customerId });
    return changed;
  }

  private tellSubscription(what: string, subscription: Subscription): void {
    const object = subscriptionObject(subscription, this.account, this.generation);
    this.tell(`customer.subscription.${what}`, object, subscription.customerId);
  }

  private tellInvoice(what: string, invoice: Invoice): void {
    const object = invoiceObject(invoice, this.account, this.generation);
    this.tell(`invoice.${what}`, object, invoice.customerId);
  }

  private tell(type: string, object: StripeObject, customerId: string | null): void {
    this.happenings.push({ type, object, customerId });
  }
}

/** Stripe has no subscription in two currencies. */
function currencyOf(prices: readonly Price[]): string {
  const [currency = '', other] = new Set(prices.map((price) => price.currency));
  if (other === undefined) return currency;
  throw new Error(`A subscription has one currency: these prices are in ${currency} and in ${other}.`);
}

/** What is paid less often than the rest is billed with it here. */
function shortestOf(prices: readonly Price[]): number {
  return Math.min(...prices.map(periodOf));
}

function told({ feedback, comment }: Leaving): Partial<Subscription> {
  return {
    ...(feedback !== undefined && { cancellationFeedback: feedback }),
    ...(comment !== undefined && { cancellationComment: comment }),
  };
}
