import type { Account } from './account';
import { priceSchema, productSchema } from './model';

interface Entry {
  key: string;
  name: string;
  /** In minor units; a month of a plan. */
  unitAmount: number;
  metadata?: Record<string, string>;
  monthly?: true;
}

/** What is sold. The products a lifecycle hangs on say so in their metadata. */
const CATALOG: readonly Entry[] = [
  { key: 'Support', name: 'Priority support', unitAmount: 900, monthly: true },
  { key: 'Pro', name: 'Pro', unitAmount: 2_900, metadata: { plan: 'pro' }, monthly: true },
  {
    key: 'Enterprise',
    name: 'Enterprise',
    unitAmount: 9_900,
    metadata: { plan: 'enterprise' },
    monthly: true,
  },
  { key: 'Sticker', name: 'Sticker pack', unitAmount: 500 },
  { key: 'Poster', name: 'Signed poster', unitAmount: 2_500 },
  { key: 'BasicPledge', name: 'Basic pledge', unitAmount: 100, metadata: { lifecycle: 'basic' } },
  { key: 'VipReservation', name: 'VIP reservation', unitAmount: 1_000, metadata: { lifecycle: 'vip' } },
];

export const VIP_PRODUCT_ID = 'prod_VipReservation';
export const BASIC_PRODUCT_ID = 'prod_BasicPledge';
export const STICKER_PRODUCT_ID = 'prod_Sticker';

/** Before any purchase, so that lists are in the same order each time. */
const OPENED = Date.UTC(2026, 0, 5, 9) / 1000;

export function addCatalog(account: Account): void {
  CATALOG.forEach((entry, index) => {
    const created = OPENED + index;
    const product = productSchema.parse({
      id: `prod_${entry.key}`,
      name: entry.name,
      metadata: entry.metadata,
      created,
    });
    const price = priceSchema.parse({
      id: `price_${entry.key}`,
      productId: product.id,
      unitAmount: entry.unitAmount,
      recurring: entry.monthly ? { interval: 'month' } : null,
      created,
    });
    account.addProduct(product, price);
  });
}
