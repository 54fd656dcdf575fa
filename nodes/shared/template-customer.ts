import type { EmailData } from '../../services/email';
import { splitName } from '../../services/names';

/** A customer as the templates of mails name them. */
export function templateCustomer(customer: {
  email: string;
  name: string | null;
  tier: string | null;
  stage: string | null;
}): EmailData['customer'] {
  const { email, name, tier, stage } = customer;
  const { first, last } = splitName(name) ?? { first: '', last: '' };
  return { email, name, firstName: first || null, lastName: last || null, tier, stage };
}
