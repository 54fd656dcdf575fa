import { z } from 'zod/v4';
import { collationKey } from '../collation';
import type { Json } from '../double';

export const idSchema = z.string().regex(/^[0-9a-f]{32}$/, 'has to be 32 lower-case hexadecimal digits');
const dateSchema = z.iso.datetime({ offset: true });

const promotionSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1),
  active: z.boolean(),
  useCodes: z.boolean(),
  useIndividualCodes: z.boolean(),
  /** The fixed code that everybody shares; `null` for promotions with individual codes. */
  code: z.string().nullable(),
  individualCodePattern: z.string(),
  validFrom: dateSchema.nullable(),
  validUntil: dateSchema.nullable(),
  maxRedemptionsGlobal: z.int().nullable(),
  createdAt: dateSchema,
  updatedAt: dateSchema.nullable(),
});

const codeSchema = z.strictObject({
  id: idSchema,
  promotionId: idSchema,
  code: z.string().min(1).max(255),
  /** `null` until the code is redeemed; then Shopware keeps orderId, customerId and customerName here. */
  payload: z.record(z.string(), z.json()).nullable(),
  createdAt: dateSchema,
  updatedAt: dateSchema.nullable(),
});

const integrationSchema = z.strictObject({
  /** Administrators need no privileges. */
  admin: z.boolean(),
  /** `entity:right`, e.g. `promotion_individual_code:create`. */
  privileges: z.array(z.string()),
  /** The secret was changed in the administration: no new token for the old one. */
  credentialsRejected: z.boolean(),
});

const stateSchema = z.strictObject({
  integration: integrationSchema,
  promotions: z.array(promotionSchema),
  codes: z.array(codeSchema),
  tokens: z.array(z.strictObject({ token: z.string(), expiresAt: z.number() })),
});

export type Promotion = z.infer<typeof promotionSchema>;
export type IndividualCode = z.infer<typeof codeSchema>;
export type Integration = z.infer<typeof integrationSchema>;

/** What the shop holds, with the indexes its database has. */
export class ShopwareState {
  integration: Integration = { admin: false, privileges: [], credentialsRejected: false };
  readonly promotions = new Map<string, Promotion>();
  /** Access tokens and when they end (milliseconds since 1970). */
  readonly tokens = new Map<string, number>();
  private readonly codesById = new Map<string, IndividualCode>();
  private readonly codesByText = new Map<string, IndividualCode>();

  codes(): IndividualCode[] {
    return [...this.codesById.values()];
  }

  codeById(id: string): IndividualCode | undefined {
    return this.codesById.get(id);
  }

  /** As the unique key compares: without regard to case, accents and trailing blanks. */
  codeByText(code: string): IndividualCode | undefined {
    return this.codesByText.get(collationKey(code));
  }

  /** Inserts or replaces by id; the caller has checked the keys. */
  putCode(code: IndividualCode): void {
    this.removeCode(code.id);
    this.codesById.set(code.id, code);
    this.codesByText.set(collationKey(code.code), code);
  }

  removeCode(id: string): void {
    const existing = this.codesById.get(id);
    if (!existing) return;
    this.codesById.delete(id);
    this.codesByText.delete(collationKey(existing.code));
  }

  toJson(): Json {
    return {
      integration: { ...this.integration, privileges: [...this.integration.privileges] },
      promotions: [...this.promotions.values()].map((promotion) => ({ ...promotion })),
      codes: this.codes().map((code) => ({ ...code })),
      tokens: [...this.tokens].map(([token, expiresAt]) => ({ token, expiresAt })),
    };
  }

  /** Replaces everything; throws a readable error, and changes nothing, when `json` does not fit. */
  load(json: Json): void {
    const parsed = stateSchema.safeParse(json);
    if (!parsed.success) throw new Error(`This is no Shopware state:\n${z.prettifyError(parsed.error)}`);
    const { integration, promotions, codes, tokens } = parsed.data;
    const texts = new Set(codes.map((code) => collationKey(code.code)));
    if (texts.size < codes.length) throw new Error('This is no Shopware state: two codes are the same.');
    this.integration = integration;
    for (const map of [this.promotions, this.tokens, this.codesById, this.codesByText]) map.clear();
    for (const promotion of promotions) this.promotions.set(promotion.id, promotion);
    for (const code of codes) this.putCode(code);
    for (const { token, expiresAt } of tokens) this.tokens.set(token, expiresAt);
  }
}
