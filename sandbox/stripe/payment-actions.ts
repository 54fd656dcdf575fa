import { z } from 'zod/v4';
import type { Double } from '../double';
import type { Account } from './account';
import { disputeReasonSchema } from './billing-model';
import { customerFor } from './customers';
import { eventsSchema, type Happen } from './happen';
import { SOMEBODY } from './somebody';

const email = z.string().min(1);

const refundSchema = eventsSchema.extend({
  chargeId: z.string().optional(),
  /** Whose newest charge it is, without a `chargeId`. */
  email: email.default(SOMEBODY.email),
  /** In minor units; all that is left unless given. */
  amount: z.int().positive().optional(),
});
const disputeSchema = refundSchema.extend({
  /** Default: the newest charge of all. */
  email: email.optional(),
  reason: disputeReasonSchema.default('fraudulent'),
  /** Whether the bank only asks (`warning_needs_response`), moving no money yet. */
  inquiry: z.boolean().default(false),
});
const customerSchema = eventsSchema.extend({
  customerId: z.string().optional(),
  /** Of the newest customer with this address, without a `customerId`. */
  email: email.default(SOMEBODY.email),
});
const updateCustomerSchema = customerSchema.extend({
  newEmail: email.nullable().optional(),
  newName: z.string().nullable().optional(),
});

/** What becomes of payments and of those who paid, by the name of the action. */
export function paymentActions(account: Account, happen: Happen): Double['actions'] {
  return {
    refund: async (input) => {
      const asked = refundSchema.parse(input);
      return happen(asked, (billing) => ({ chargeId: billing.refund(asked) }));
    },
    openDispute: async (input) => {
      const asked = disputeSchema.parse(input);
      return happen(asked, (billing) => {
        const { id, chargeId } = billing.dispute({ ...asked, isInquiry: asked.inquiry });
        return { disputeId: id, chargeId };
      });
    },
    updateCustomer: async (input) => {
      const { newEmail, newName, ...asked } = updateCustomerSchema.parse(input);
      const change = {
        ...(newEmail !== undefined && { email: newEmail }),
        ...(newName !== undefined && { name: newName }),
      };
      return happen(asked, (billing) => {
        const customer = customerFor(account, asked);
        billing.updateCustomer(customer, change);
        return { customerId: customer.id };
      });
    },
    deleteCustomer: async (input) => {
      const asked = customerSchema.parse(input);
      return happen(asked, (billing) => {
        const customer = customerFor(account, asked);
        billing.deleteCustomer(customer);
        return { customerId: customer.id };
      });
    },
  };
}
