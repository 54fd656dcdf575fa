import { z } from 'zod/v4';
import type { Account } from './account';
import { BASIC_PRODUCT_ID, STICKER_PRODUCT_ID, VIP_PRODUCT_ID } from './catalog';
import { chargeSchema } from './billing-model';
import { newId } from './ids';
import { customerSchema, paymentStatusSchema, priceSchema, sessionSchema } from './model';
import type { LineItem, Price, Product, Session } from './model';
import { amountsOf } from './objects';

/** More than one page of line items; the one that matters is on the last. */
const MANY_ITEMS = 120;

export const checkoutSchema = z.strictObject({
  /** Left out: a made-up buyer. `null`: none was asked for. */
  email: z.string().nullable().optional(),
  name: z.string().nullable().optional(),
  locale: z.string().nullable().default(null),
  quantity: z.int().min(1).max(999_999).default(1),
  /** `many`: 120 items, the VIP reservation last. Or the ids of products. */
  product: z.union([z.enum(['vip', 'basic', 'many']), z.array(z.string()).min(1)]).default('vip'),
  /** Default `paid`, or `no_payment_required` with a discount. */
  paymentStatus: paymentStatusSchema.optional(),
  customer: z.enum(['guest', 'customer']).default('guest'),
  /** One of 100 %. */
  discount: z.boolean().default(false),
  /** Price of one piece in minor units, in the place of the catalogue's. */
  amount: z.int().nonnegative().optional(),
  deliver: z.boolean().default(true),
  /** How often the event is delivered at the same time. */
  copies: z.int().min(1).max(100).default(1),
});

export type Checkout = z.output<typeof checkoutSchema>;

/** Names and addresses that have tripped up real systems. */
const BUYERS = [
  { name: 'Anna Schmidt', email: 'anna.schmidt@example.com' },
  { name: "Liam O'Brien", email: "liam.o'brien@example.com" },
  { name: '李小龙', email: 'xiaolong.li@example.com' },
  { name: 'José García', email: 'Jose.Garcia+campaign@Example.com' },
  { name: 'Ольга Иванова', email: 'olga.ivanova@example.com' },
  { name: 'Zoë Müller-Lüdenscheidt', email: 'zoe@example.com' },
  { name: null, email: 'nameless@example.com' },
] as const;

/** Completes a checkout: stores the session (and the customer) and gives it back. Throws for unknown products. */
export function buy(account: Account, checkout: Checkout): Session {
  const buyer = BUYERS[account.sessions.size % BUYERS.length] ?? BUYERS[0];
  const email = checkout.email === undefined ? buyer.email : checkout.email;
  // A made-up name belongs to its made-up address only.
  const madeUpName = checkout.email === undefined ? buyer.name : null;
  const name = checkout.name === undefined ? madeUpName : checkout.name;
  const paymentStatus = checkout.paymentStatus ?? (checkout.discount ? 'no_payment_required' : 'paid');
  const items = itemsOf(account, checkout);
  const session = sessionSchema.parse({
    email,
    name,
    locale: checkout.locale,
    currency: currencyOf(account, items),
    paymentStatus,
    delayed: paymentStatus === 'unpaid',
    free: checkout.discount,
    customerId: checkout.customer === 'customer' ? addCustomer(account, email, name) : null,
    paymentIntentId: paymentStatus === 'no_payment_required' ? null : newId('pi'),
    items,
  });
  account.sessions.set(session.id, session);
  if (paymentStatus === 'paid') chargeFor(account, session);
  return session;
}

/** The money for a session has come. */
export function chargeFor(account: Account, session: Session): void {
  const { amount_total: amount } = amountsOf(session.items, session.free);
  if (amount === 0) return;
  const { currency, customerId, paymentIntentId, email, name } = session;
  const charge = chargeSchema.parse({ amount, currency, customerId, paymentIntentId, email, name });
  account.charges.set(charge.id, charge);
}

function itemsOf(account: Account, checkout: Checkout): LineItem[] {
  const { product, quantity } = checkout;
  if (product !== 'many') return idsOf(product).map((id) => itemOf(account, checkout, id, quantity));
  const stickers = Array.from({ length: MANY_ITEMS - 1 }, () =>
    itemOf(account, checkout, STICKER_PRODUCT_ID, 1),
  );
  return [...stickers, itemOf(account, checkout, VIP_PRODUCT_ID, quantity)];
}

function idsOf(product: Exclude<Checkout['product'], 'many'>): string[] {
  if (Array.isArray(product)) return product;
  return [product === 'vip' ? VIP_PRODUCT_ID : BASIC_PRODUCT_ID];
}

function itemOf(account: Account, checkout: Checkout, productId: string, quantity: number): LineItem {
  const product = account.products.get(productId);
  if (!product)
    throw new Error(`Stripe has no product "${productId}". Create it first, or pick another one.`);
  const price =
    checkout.amount === undefined ? priceOf(account, product) : ownPrice(account, product, checkout.amount);
  return {
    id: newId('li'),
    priceId: price.id,
    description: product.name,
    unitAmount: price.unitAmount,
    quantity,
  };
}

function priceOf(account: Account, product: Product): Price {
  const price = account.prices.get(product.defaultPriceId ?? '');
  if (!price) throw new Error(`The product "${product.name}" has no default price, so it cannot be bought.`);
  return price;
}

/** A price made for one checkout, inactive as Stripe makes them. */
function ownPrice(account: Account, product: Product, unitAmount: number): Price {
  const currency = account.prices.get(product.defaultPriceId ?? '')?.currency;
  const price = priceSchema.parse({ productId: product.id, unitAmount, currency, active: false });
  account.prices.set(price.id, price);
  return price;
}

/** Stripe has no purchase in two currencies. */
function currencyOf(account: Account, items: readonly LineItem[]): string | undefined {
  const currencies = items.map(({ priceId }) => account.prices.get(priceId ?? '')?.currency);
  const [currency, other] = new Set(currencies);
  if (other === undefined) return currency;
  throw new Error(`A purchase has one currency: these are in ${currency} and in ${other}.`);
}

function addCustomer(account: Account, email: string | null, name: string | null): string {
  const customer = customerSchema.parse({ email, name });
  account.customers.set(customer.id, customer);
  return customer.id;
}
