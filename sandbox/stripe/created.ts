import type { PhpValue } from '../php-query';
import { StripeError } from './errors';
import { integerOf, refuseUnknown } from './form';

/** The filter behind `created=` (an exact second) and `created[gt|gte|lt|lte]=`. */
export function isCreatedWithin(value: PhpValue | undefined): (created: number) => boolean {
  if (value === undefined) return () => true;
  if (typeof value === 'string') {
    const exact = integerOf({ created: value }, 'created');
    return (created) => created === exact;
  }
  if (Array.isArray(value)) throw new StripeError(400, 'Invalid object', { param: 'created' });
  refuseUnknown(value, ['gt', 'gte', 'lt', 'lte']);
  const [gt, gte, lt, lte] = ['gt', 'gte', 'lt', 'lte'].map((name) => integerOf(value, name));
  return (created) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte);
}
