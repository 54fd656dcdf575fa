import type { Charge, Dispute, Invoice, Subscription } from './billing-model';
import type { Customer, Price, Product, Session, StoredEvent, WebhookEndpoint } from './model';
import { Table } from './table';

/** Everything one Stripe account holds, by id and in the order of creation. */
export class Account {
  readonly products = new Table<Product>();
  readonly prices = new Table<Price>();
  readonly customers = new Table<Customer>();
  readonly sessions = new Table<Session>();
  readonly subscriptions = new Table<Subscription>();
  readonly invoices = new Table<Invoice>();
  readonly charges = new Table<Charge>();
  readonly disputes = new Table<Dispute>();
  readonly events = new Table<StoredEvent>();
  readonly webhookEndpoints = new Table<WebhookEndpoint>();

  /** Adds a product sold at one price, which becomes its default one. */
  addProduct(product: Product, price: Price): void {
    this.products.set(product.id, { ...product, defaultPriceId: price.id });
    this.prices.set(price.id, price);
  }
}
