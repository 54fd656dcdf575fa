/** A type of Stripe's that the intake knows and stores, and no workflow of the package handles. */
export const UNHANDLED_TYPE = 'checkout.session.expired';
/** One that `vip-coupon` handles. */
export const HANDLED_TYPE = 'checkout.session.completed';
