import type { Charge, Invoice, Subscription } from './billing-model';
import type { Customer, Price, Product, Session, StoredEvent, WebhookEndpoint } from './model';

/** Everything one Stripe account holds, by id and in the order of creation. */
export class Account {
  readonly products = new Map<string, Product>();
  readonly prices = new Map<string, Price>();
  readonly customers = new Map<string, Customer>();
  readonly sessions = new Map<string, Session>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly invoices = new Map<string, Invoice>();
  readonly charges = new Map<string, Charge>();
  readonly events = new Map<string, StoredEvent>();
  readonly webhookEndpoints = new Map<string, WebhookEndpoint>();

  /** Adds a product sold at one price, which becomes its default one. */
  addProduct(product: Product, price: Price): void {
    this.products.set(product.id, { ...product, defaultPriceId: price.id });
    this.prices.set(price.id, price);
  }
}

/** Puts `entries` in the place of what `map` held. */
export function replaceAll<Entry extends { id: string }>(
  map: Map<string, Entry>,
  entries: readonly Entry[],
): void {
  map.clear();
  for (const entry of entries) map.set(entry.id, entry);
}
