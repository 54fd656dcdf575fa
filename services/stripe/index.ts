export { STRIPE, StripeClient, type StripeOptions } from './client';
export {
  isPaid,
  requireEmail,
  retrieveCheckoutSession,
  type CheckoutSession,
  type LineItem,
} from './checkout-session';
export {
  matchPurchase,
  type MatchedPurchase,
  type PurchasedProduct,
  type PurchaseRule,
} from './match-purchase';
export { listProducts, type Product } from './products';
