export { paymentIn } from './payment';
export { planIn } from './plan';
export type { LemonSqueezyEvent } from './schemas';
export type { PaymentStatement, PlanStatement, PlanStatus } from './statements';
export { tierOf, type Tier } from './tier';
