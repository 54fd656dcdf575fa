import { StripeError } from './errors';
import { refuseUnknown, requiredTextOf, textOf, type FormFields } from './form';
import { isCreatedWithin } from './created';
import type { Session } from './model';

/** All sessions here are complete: others would be `open` or `expired`. */
const STATUS = 'complete';

/** Which sessions a list is to have (docs.stripe.com/api/checkout/sessions/list). */
export function sessionFilter(fields: FormFields): (session: Session) => boolean {
  const customer = textOf(fields, 'customer');
  const paymentIntent = textOf(fields, 'payment_intent');
  const status = textOf(fields, 'status');
  const subscription = textOf(fields, 'subscription');
  const email = emailOf(fields);
  const isWithin = isCreatedWithin(fields.created);
  return (session) =>
    (customer === undefined || session.customerId === customer) &&
    (paymentIntent === undefined || session.paymentIntentId === paymentIntent) &&
    (status === undefined || status === STATUS) &&
    (subscription === undefined || session.subscriptionId === subscription) &&
    (email === undefined || session.email === email) &&
    isWithin(session.created);
}

function emailOf({ customer_details: details }: FormFields): string | undefined {
  if (details === undefined) return undefined;
  if (typeof details === 'string' || Array.isArray(details)) {
    throw new StripeError(400, 'Invalid object', { param: 'customer_details' });
  }
  refuseUnknown(details, ['email']);
  return requiredTextOf(details, 'email');
}
