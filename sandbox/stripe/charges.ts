import type { Account } from './account';
import { disputeSchema, refundedOf, type Charge, type Dispute, type DisputeReason } from './billing-model';
import { newId } from './ids';

/** How long a bank waits for evidence. */
const EVIDENCE_SECONDS = 9 * 86_400;

/** Which charge is meant: one by its id, else the newest that will do, of one person or of all. */
export interface WhichCharge {
  chargeId?: string | undefined;
  email?: string | undefined;
  /** In minor units; all that is left of it unless given. */
  amount?: number | undefined;
}

export interface DisputeAsked extends WhichCharge {
  reason: DisputeReason;
  /** Whether the bank only asks, moving no money yet. */
  isInquiry: boolean;
}

/** Gives money back; the charge as it is then. */
export function refundCharge(account: Account, which: WhichCharge, at: number): Charge {
  const { charge, amount } = chargeFor(account, which, 'refunded');
  const refund = { id: newId('re'), amount, created: at };
  const refunded: Charge = { ...charge, refunds: [...charge.refunds, refund] };
  account.charges.set(charge.id, refunded);
  return refunded;
}

/** A cardholder asks the bank for the money. */
export function disputeCharge(account: Account, asked: DisputeAsked, at: number): Dispute {
  const { charge, amount } = chargeFor(account, asked, 'disputed');
  const dispute = disputeSchema.parse({
    chargeId: charge.id,
    paymentIntentId: charge.paymentIntentId,
    amount,
    currency: charge.currency,
    reason: asked.reason,
    status: asked.isInquiry ? 'warning_needs_response' : 'needs_response',
    dueBy: at + EVIDENCE_SECONDS,
    created: at,
  });
  account.disputes.set(dispute.id, dispute);
  account.charges.set(charge.id, { ...charge, disputed: true });
  return dispute;
}

/** What has been disputed can be neither refunded nor disputed again, nor what has been given back. */
function chargeFor(
  account: Account,
  { chargeId, email, amount }: WhichCharge,
  what: 'refunded' | 'disputed',
): { charge: Charge; amount: number } {
  const isLeft = (charge: Charge): boolean => !charge.disputed && refundedOf(charge) < charge.amount;
  const charge =
    chargeId === undefined
      ? account.charges.findNewest(
          (candidate) => isLeft(candidate) && (email === undefined || isAddress(candidate.email, email)),
        )
      : account.charges.get(chargeId);
  if (!charge) throw new Error(noneText(chargeId, email, what));
  if (!isLeft(charge)) throw new Error(`Nothing of the charge "${charge.id}" can be ${what} any more.`);
  const left = charge.amount - refundedOf(charge);
  if (amount !== undefined && amount > left) {
    throw new Error(`Only ${left} can be ${what}, in the smallest unit of ${charge.currency}.`);
  }
  return { charge, amount: amount ?? left };
}

function noneText(chargeId: string | undefined, email: string | undefined, what: string): string {
  if (chargeId !== undefined) return `Stripe has no charge "${chargeId}".`;
  return email === undefined
    ? `Nobody has paid anything that can be ${what}.`
    : `Nothing that ${email} has paid can be ${what}.`;
}

/** Whether two addresses are the same but for upper and lower case. */
export function isAddress(address: string | null, email: string): boolean {
  return address?.toLowerCase() === email.toLowerCase();
}
