import type { Json } from '../double';
import type { Account } from './account';
import type { Generation } from './api-version';
import {
  chargeSchema,
  invoiceSchema,
  isOver,
  refundedOf,
  subscriptionSchema,
  totalOf,
  type Invoice,
  type Subscription,
} from './billing-model';
import { chargeObject, invoiceObject, priceOf, subscriptionObject } from './billing-objects';
import { difference } from './difference';
import { newId } from './ids';
import { customerSchema, sessionSchema, type Customer, type Price, type Session } from './model';
import { customerObject, sessionObject, type StripeObject } from './objects';

const DAY_SECONDS = 86_400;
/** All months are alike here. */
const MONTH_SECONDS = 30 * DAY_SECONDS;
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
  email: string;
  name?: string | undefined;
  /** Ids of the products, or what they have as `plan` in their metadata. */
  products: readonly string[];
  trialDays: number;
  /** Whether the first payment comes. */
  isPaid: boolean;
  /** Whether it is bought in Checkout, which raises one more event. */
  inCheckout: boolean;
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
    const customer = customerWith(this.account, order.email) ?? this.addCustomer(order);
    const isTrial = order.trialDays > 0;
    const periodEnd = at + (isTrial ? order.trialDays * DAY_SECONDS : MONTH_SECONDS);
    const subscription = subscriptionSchema.parse({
      customerId: customer.id,
      status: isTrial ? 'trialing' : 'incomplete',
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
    const { id } = this.priceFor(product);
    this.change(subscription, { items: [{ ...first, priceId: id }, ...others] });
  }

  cancelAtPeriodEnd(subscription: Subscription): void {
    this.change(subscription, {
      cancelAtPeriodEnd: true,
      cancelAt: subscription.periodEnd,
      canceledAt: this.at,
      cancellationReason: 'cancellation_requested',
    });
  }

  cancelNow(subscription: Subscription, reason: Subscription['cancellationReason']): void {
    const { at } = this;
    const ended: Subscription = {
      ...subscription,
      status: 'canceled',
      canceledAt: subscription.canceledAt ?? at,
      cancellationReason: subscription.cancellationReason ?? reason,
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

  /** Gives money back, of the customer's newest charge that has some left; all that is left unless told how much. */
  refund(email: string, amount?: number): string {
    const charge = [...this.account.charges.values()].findLast(
      (candidate) => isAddress(candidate.email, email) && refundedOf(candidate) < candidate.amount,
    );
    if (!charge) throw new Error(`Nothing that ${email} has paid can be refunded.`);
    const left = charge.amount - refundedOf(charge);
    if (amount !== undefined && amount > left) throw new Error(`Only ${left} cents can be refunded.`);
    const refund = { id: newId('re'), amount: amount ?? left, created: this.at };
    const refunded = { ...charge, refunds: [...charge.refunds, refund] };
    this.account.charges.set(charge.id, refunded);
    this.tell('charge.refunded', chargeObject(refunded, this.generation), charge.customerId);
    return charge.id;
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

  private addCustomer({ email, name = null }: { email: string; name?: string | null | undefined }): Customer {
    const customer = customerSchema.parse({ email, name, created: this.at });
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
    if (!price?.recurring) throw new Error(`"${product.name}" is bought once: there is no monthly price.`);
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
    const renewed = {
      periodStart: periodEnd,
      periodEnd: periodEnd + MONTH_SECONDS,
      latestInvoiceId: newId('in'),
    };
    return { renewed, invoice: this.bill({ ...subscription, ...renewed }, 'subscription_cycle') };
  }

  private openInvoice({ id }: Subscription): Invoice | undefined {
    return [...this.account.invoices.values()].findLast(
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

/** The newest customer with this address, in upper or lower case. */
export function customerWith(account: Account, email: string): Customer | undefined {
  return [...account.customers.values()].findLast(
    (customer) => !customer.deleted && isAddress(customer.email, email),
  );
}

function isAddress(address: string | null, email: string): boolean {
  return address?.toLowerCase() === email.toLowerCase();
}
