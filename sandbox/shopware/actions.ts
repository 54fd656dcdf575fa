import { randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import { timestamp } from './code-writes';
import type { Promotion, ShopwareState } from './state';

const redeemSchema = z.strictObject({
  code: z.string().optional(),
  customerName: z.string().default('Sandbox Customer'),
});

const changesSchema = z.strictObject({
  name: z.string().min(1).optional(),
  active: z.boolean().optional(),
  useCodes: z.boolean().optional(),
  useIndividualCodes: z.boolean().optional(),
  code: z.string().nullable().optional(),
});
const createSchema = changesSchema.required({ name: true });
/** The promotion is found by its present name. */
const setSchema = z.strictObject({ promotion: z.string(), set: changesSchema });
const renameSchema = z.strictObject({ from: z.string(), to: z.string().min(1) });
const rejectSchema = z.strictObject({ rejected: z.boolean() });
const privilegesSchema = z.strictObject({ privileges: z.array(z.string()) });

/** What happens in the shop itself: customers at the till, colleagues in the administration. */
export function shopwareActions(state: ShopwareState, changed: () => void): Double['actions'] {
  const promotionNamed = (name: string): Promotion => {
    const promotion = [...state.promotions.values()].find((candidate) => candidate.name === name);
    if (!promotion) throw new Error(`There is no promotion "${name}".`);
    return promotion;
  };
  const savePromotion = (promotion: Promotion): Json => {
    state.promotions.set(promotion.id, promotion);
    changed();
    return { promotionId: promotion.id };
  };

  return {
    /** Without a code, the newest unused one. */
    redeemCode: async (input) => {
      const { code, customerName } = redeemSchema.parse(input);
      const row =
        code === undefined
          ? state.codes().findLast(({ payload }) => payload === null)
          : state.codeByText(code);
      if (!row)
        throw new Error(code === undefined ? 'There is no unused code.' : `There is no code "${code}".`);
      if (row.payload) throw new Error(`The code "${code}" has been redeemed already.`);
      const payload = { orderId: newId(), customerId: newId(), customerName };
      state.putCode({ ...row, payload, updatedAt: timestamp() });
      changed();
      return payload;
    },
    createPromotion: async (input) =>
      savePromotion({
        active: true,
        useCodes: true,
        useIndividualCodes: true,
        code: null,
        individualCodePattern: '',
        validFrom: null,
        validUntil: null,
        maxRedemptionsGlobal: null,
        ...createSchema.parse(input),
        id: newId(),
        createdAt: timestamp(),
        updatedAt: null,
      }),
    setPromotion: async (input) => {
      const { promotion, set } = setSchema.parse(input);
      return savePromotion({ ...promotionNamed(promotion), ...set, updatedAt: timestamp() });
    },
    renamePromotion: async (input) => {
      const { from, to } = renameSchema.parse(input);
      return savePromotion({ ...promotionNamed(from), name: to, updatedAt: timestamp() });
    },
    expireTokens: async () => {
      const expired = state.tokens.size;
      for (const token of state.tokens.keys()) state.tokens.set(token, 0);
      changed();
      return { expired };
    },
    rejectCredentials: async (input) => {
      const { rejected } = rejectSchema.parse(input);
      state.integration = { ...state.integration, credentialsRejected: rejected };
      changed();
      return { rejected };
    },
    setPrivileges: async (input) => {
      const { privileges } = privilegesSchema.parse(input);
      state.integration = { ...state.integration, admin: false, privileges };
      changed();
      return { privileges };
    },
  };
}

function newId(): string {
  return randomBytes(16).toString('hex');
}
