export { STRIPE, StripeClient, type StripeOptions } from './client';
export {
  findCheckoutSession,
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
export {
  disputedChargeIn,
  namesCardholder,
  payerIn,
  readPayer,
  readPayerOfCharge,
  type Payer,
} from './payer';
export { paymentIn, type PaymentStatement, type PaymentTold } from './payments';
export type { PlanStatement, PlanStatus, StripeNotice } from './plan-statement';
export { listProducts, type Product } from './products';
export { readSubscription, type Subscription } from './subscription';
export { isAboutSubscription, subscriptionIn } from './subscription-in';
export type { SubscriptionDetails } from './subscription-details';
export {
  subscriptionPages,
  type ListedSubscription,
  type OwnSubscriptions,
  type SubscriptionPage,
  type SubscriptionQuery,
} from './subscription-pages';
export { SubscriptionReader, type ReadSubscription } from './subscription-reader';
export type { Tier } from './tier';
export { keepEndpoint, removeEndpoint, type KeptEndpoint, type WantedEndpoint } from './webhook-endpoints';
