import type { State } from './state';

const PRODUCT = { productId: 1, productName: 'The application' };

/** A store that sells one product by the month, in three variants, and one of them for good. */
export function freshState(): State {
  return {
    store: { id: 1, name: 'Sandbox store', currency: 'EUR' },
    webhook: null,
    variants: [
      { id: 1, ...PRODUCT, name: 'Free (monthly)', price: 0, isSubscription: true },
      { id: 2, ...PRODUCT, name: 'Pro (monthly)', price: 1_900, isSubscription: true },
      { id: 3, ...PRODUCT, name: 'Enterprise (monthly)', price: 9_900, isSubscription: true },
      { id: 4, ...PRODUCT, name: 'Pro (lifetime)', price: 29_900, isSubscription: false },
    ],
    customers: [],
    orders: [],
    subscriptions: [],
    invoices: [],
    deliveries: [],
  };
}
