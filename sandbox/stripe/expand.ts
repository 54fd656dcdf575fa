import type { Json } from '../double';
import type { Account } from './account';
import type { Generation } from './api-version';
import { invoiceObject, subscriptionObject } from './billing-objects';
import { chargeObject } from './charge-objects';
import { StripeError } from './errors';
import { customerObject, lineItemObject, priceObject, productObject, type StripeObject } from './objects';
import { paymentIntentObject } from './payment-intents';

/** `expand[]` goes at most this deep. */
const DEEPEST = 4;
/** "The first handful" of line items that comes with an expanded session. */
const FIRST_LINE_ITEMS = 10;

/** Where expanded objects come from, and in which shape. */
interface Source {
  account: Account;
  generation: Generation;
}

type Lookup = (source: Source, id: string) => StripeObject | undefined;

const customer: Lookup = ({ account }, id) => shown(account.customers.get(id), customerObject);
const charge: Lookup = ({ account, generation }, id) =>
  shown(account.charges.get(id), (entry) => chargeObject(entry, generation));
const payment_intent: Lookup = ({ account }, id) => paymentIntentObject(account, id);
const invoice: Lookup = ({ account, generation }, id) =>
  shown(account.invoices.get(id), (entry) => invoiceObject(entry, account, generation));
const subscription: Lookup = ({ account, generation }, id) =>
  shown(account.subscriptions.get(id), (entry) => subscriptionObject(entry, account, generation));

/** Which fields hold an id that can become its object, by the type of object they stand in. */
const REFERENCES: Readonly<Record<string, Readonly<Record<string, Lookup>>>> = {
  'checkout.session': { customer, invoice, payment_intent, subscription },
  charge: { customer, invoice, payment_intent },
  payment_intent: { customer, latest_charge: charge },
  invoice: { customer, subscription },
  price: { product: ({ account }, id) => shown(account.products.get(id), productObject) },
  product: { default_price: ({ account }, id) => shown(account.prices.get(id), priceObject) },
  subscription: { customer, latest_invoice: invoice },
};

/** Expands `target` in place; 400 for a path that leads nowhere, as Stripe answers. */
export function expand(target: StripeObject, paths: readonly string[], source: Source): StripeObject {
  for (const path of paths) {
    const keys = path.split('.');
    if (keys.length > DEEPEST) {
      throw new StripeError(400, `You cannot expand more than ${DEEPEST} levels of a property (${path}).`, {
        param: 'expand',
      });
    }
    expandPath(target, keys, path, source);
  }
  return target;
}

function expandPath(target: StripeObject, keys: readonly string[], path: string, source: Source): void {
  const [key = '', ...rest] = keys;
  const value = key === 'line_items' ? lineItemsOf(target, source.account) : valueOf(target, key, source);
  if (value === undefined) throw notExpandable(path);
  target[key] = value;
  if (rest.length === 0 && key === 'data') throw notExpandable(path);
  for (const below of Array.isArray(value) ? value : [value]) {
    if (below === null || rest.length === 0) continue;
    if (!isObject(below)) throw notExpandable(path);
    expandPath(below, rest, path, source);
  }
}

/** The value of a field with an id turned into its object; `undefined` where there is nothing to expand. */
function valueOf(target: StripeObject, key: string, source: Source): Json | undefined {
  const value = Object.hasOwn(target, key) ? target[key] : undefined;
  const lookup = REFERENCES[target.object]?.[key];
  if (typeof value === 'string') return lookup?.(source, value);
  if (value === null) return lookup || target.object === 'item' ? null : undefined;
  return typeof value === 'object' ? value : undefined;
}

/** The included line items of a session, kept when an earlier path already made them. */
function lineItemsOf(target: StripeObject, account: Account): Json | undefined {
  if (target.line_items !== undefined) return target.line_items;
  const session = target.object === 'checkout.session' && account.sessions.get(String(target.id));
  if (!session) return undefined;
  return {
    object: 'list',
    data: session.items.slice(0, FIRST_LINE_ITEMS).map((item) => lineItemObject(item, session, account)),
    has_more: session.items.length > FIRST_LINE_ITEMS,
    url: `/v1/checkout/sessions/${session.id}/line_items`,
  };
}

function shown<Entry>(
  entry: Entry | undefined,
  toObject: (entry: Entry) => StripeObject,
): StripeObject | undefined {
  return entry && toObject(entry);
}

function isObject(value: Json): value is StripeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'object' in value;
}

function notExpandable(path: string): StripeError {
  return new StripeError(400, `This property cannot be expanded (${path}).`, { param: 'expand' });
}
