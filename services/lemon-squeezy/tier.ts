/** From the lowest to the highest. */
export const TIERS = ['free', 'pro', 'enterprise'] as const;
export type Tier = (typeof TIERS)[number];

/** The tiers whose names stand in a text as words, in any case: "Pro (monthly)" names `pro`, "Production" none. */
export function tiersIn(text: string): Tier[] {
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  return TIERS.filter((tier) => words.has(tier));
}

/** The one tier that a text names; `undefined` when it names none or several. */
export function tierOf(text: string): Tier | undefined {
  const [tier, another] = tiersIn(text);
  return another === undefined ? tier : undefined;
}
