import type { Account } from './account';
import { priceSchema, productSchema } from './model';

/** What the campaign sells. The products a lifecycle hangs on say so in their metadata. */
const CATALOG = [
  { key: 'Sticker', name: 'Sticker pack', unitAmount: 500 },
  { key: 'Poster', name: 'Signed poster', unitAmount: 2_500 },
  { key: 'BasicPledge', name: 'Basic pledge', unitAmount: 100, lifecycle: 'basic' },
  { key: 'VipReservation', name: 'VIP reservation', unitAmount: 1_000, lifecycle: 'vip' },
] as const;

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
      metadata: 'lifecycle' in entry ? { lifecycle: entry.lifecycle } : {},
      created,
    });
    const price = priceSchema.parse({
      id: `price_${entry.key}`,
      productId: product.id,
      unitAmount: entry.unitAmount,
      created,
    });
    account.addProduct(product, price);
  });
}
