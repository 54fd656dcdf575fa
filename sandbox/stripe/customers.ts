import type { Account } from './account';
import { isAddress } from './charges';
import type { Customer } from './model';

/** The newest customer with this address, in upper or lower case. */
export function customerWith(account: Account, email: string): Customer | undefined {
  return account.customers.findNewest((customer) => !customer.deleted && isAddress(customer.email, email));
}

/** The customer with this id, or else the newest with this address; throws when there is none or it was deleted. */
export function customerFor(
  account: Account,
  { customerId, email }: { customerId?: string | undefined; email: string },
): Customer {
  const customer =
    customerId === undefined ? customerWith(account, email) : account.customers.get(customerId);
  if (customer && !customer.deleted) return customer;
  throw new Error(
    customerId === undefined
      ? `Stripe has no customer with the address ${email}.`
      : `Stripe has no customer "${customerId}", or no longer.`,
  );
}
