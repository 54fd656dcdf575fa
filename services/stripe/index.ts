export { STRIPE, StripeClient, type StripeOptions } from './client';
export {
  isPaid,
  requireEmail,
  retrieveCheckoutSession,
  type CheckoutSession,
  type LineItem,
} from './checkout-session';
export { eventPages, type EventWindow, type StripeEvent } from './events';
export {
  matchPurchase,
  type MatchedPurchase,
  type PurchasedProduct,
  type PurchaseRule,
} from './match-purchase';
export { listProducts, type Product } from './products';
export { keepEndpoint, removeEndpoint, type KeptEndpoint, type WantedEndpoint } from './webhook-endpoints';
