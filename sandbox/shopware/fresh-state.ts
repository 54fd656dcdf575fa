import type { Json } from '../double';

export const VIP_PROMOTION_ID = '018f3a5c7e2d7b4c9a10c0de00000001';
export const SUMMER_PROMOTION_ID = '018f3a5c7e2d7b4c9a10c0de00000002';
export const RETIRED_PROMOTION_ID = '018f3a5c7e2d7b4c9a10c0de00000003';

const SET_UP_AT = '2026-03-02T09:15:00.000+00:00';

const PROMOTION = {
  active: true,
  useCodes: true,
  useIndividualCodes: true,
  code: null,
  individualCodePattern: '',
  validFrom: null,
  validUntil: null,
  maxRedemptionsGlobal: null,
  createdAt: SET_UP_AT,
  updatedAt: null,
};

/**
 * A shop on its first day: one promotion ready for individual codes and two that are not. The integration has the
 * stock role "promotion editor", which may create, read and delete individual codes, but not update them.
 */
export function freshShopwareState(): Json {
  return {
    integration: {
      admin: false,
      privileges: [
        'promotion:read',
        'promotion:update',
        'promotion_individual_code:read',
        'promotion_individual_code:create',
        'promotion_individual_code:delete',
      ],
      credentialsRejected: false,
    },
    promotions: [
      { ...PROMOTION, id: VIP_PROMOTION_ID, name: 'VIP reservation' },
      {
        ...PROMOTION,
        id: SUMMER_PROMOTION_ID,
        name: 'Summer sale',
        code: 'SUMMER26',
        useIndividualCodes: false,
      },
      { ...PROMOTION, id: RETIRED_PROMOTION_ID, name: 'Retired VIP', active: false },
    ],
    codes: [],
    tokens: [],
  };
}
