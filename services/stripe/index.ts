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
export { namesCardholder, payerIn, readPayer, type Payer } from './payer';
export { paymentIn, type PaymentStatement, type PaymentTold } from './payments';
export type { PlanStatement, PlanStatus, StripeNotice } from './plan-statement';
export { listProducts, type Product } from './products';
export { readSubscription, type Subscription } from './subscription';
export { SubscriptionReader, type ReadSubscription } from './subscription-reader';
export type { Tier } from './tier';
export { keepEndpoint, removeEndpoint, type KeptEndpoint, type WantedEndpoint } from './webhook-endpoints';
