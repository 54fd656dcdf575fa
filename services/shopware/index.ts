export { SHOPWARE, ShopwareClient, type ShopwareOptions } from './client';
export { derivePromoCode, type DerivedPromoCode, type PromoCodeSource } from './derive-promo-code';
export { ensurePromoCodes, type PromoCode, type PromoCodeOrder, type PromoCodeShop } from './promo-codes';
export { Promotions, searchPromotions, type Promotion, type PromotionSelector } from './promotions';
export { findRedeemedCodes, type RedeemedCode, type RedeemedCodes } from './redeemed-codes';
export {
  withdrawPromoCodes,
  type PromoCodeWithdrawal,
  type WithdrawnPromoCode,
} from './withdraw-promo-codes';
