import type { IndividualCode, Promotion, ShopwareState } from './state';

export type FieldValue = string | number | boolean | null | Record<string, unknown>;
export type FieldKind = 'id' | 'text' | 'flag' | 'number' | 'date' | 'json';

interface Field<Row> {
  kind: FieldKind;
  read: (row: Row) => FieldValue;
  /** Right needed to search by it, beyond reading the entity itself. */
  privilege?: string;
}

/** What the API needs to know of an entity to search and show it. */
export interface EntityDefinition<Row> {
  /** In sync operations, rights and `includes`. */
  readonly name: string;
  /** In paths. */
  readonly path: string;
  readonly fields: ReadonlyMap<string, Field<Row>>;
  readonly rows: () => Row[];
  readonly byId: (id: string) => Row | undefined;
  /** Rows that may match `field` = `value` by way of an index; `undefined`: no index on that field. */
  readonly byIndex: (field: string, value: string) => Row[] | undefined;
  /** The properties of an answer in plain JSON. */
  readonly attributes: (row: Row) => Record<string, unknown>;
  readonly idOf: (row: Row) => string;
}

/** What every answer holds besides an entity's own properties. */
const COMMON = { extensions: { foreignKeys: { extensions: [], apiAlias: null } }, versionId: null };

export function promotionDefinition(state: ShopwareState): EntityDefinition<Promotion> {
  return {
    name: 'promotion',
    path: 'promotion',
    rows: () => [...state.promotions.values()],
    byId: (id) => state.promotions.get(id),
    byIndex: (field, value) => (field === 'id' ? presentOnly(state.promotions.get(value)) : undefined),
    idOf: (promotion) => promotion.id,
    fields: new Map<string, Field<Promotion>>([
      ['id', { kind: 'id', read: ({ id }) => id }],
      ['name', { kind: 'text', read: ({ name }) => name }],
      ['code', { kind: 'text', read: ({ code }) => code }],
      ['individualCodePattern', { kind: 'text', read: ({ individualCodePattern }) => individualCodePattern }],
      ['active', { kind: 'flag', read: ({ active }) => active }],
      ['useCodes', { kind: 'flag', read: ({ useCodes }) => useCodes }],
      ['useIndividualCodes', { kind: 'flag', read: ({ useIndividualCodes }) => useIndividualCodes }],
      ['maxRedemptionsGlobal', { kind: 'number', read: ({ maxRedemptionsGlobal }) => maxRedemptionsGlobal }],
      ['validFrom', { kind: 'date', read: ({ validFrom }) => validFrom }],
      ['validUntil', { kind: 'date', read: ({ validUntil }) => validUntil }],
      ['createdAt', { kind: 'date', read: ({ createdAt }) => createdAt }],
      ['updatedAt', { kind: 'date', read: ({ updatedAt }) => updatedAt }],
    ]),
    attributes: (promotion) => ({
      ...COMMON,
      ...promotion,
      maxRedemptionsPerCustomer: null,
      priority: 1,
      exclusive: false,
      useSetGroups: false,
      customerRestriction: false,
      preventCombination: false,
      orderCount: 0,
      ordersPerCustomerCount: null,
      exclusionIds: [],
      customFields: null,
      translated: { name: promotion.name, customFields: {} },
    }),
  };
}

export function individualCodeDefinition(state: ShopwareState): EntityDefinition<IndividualCode> {
  return {
    name: 'promotion_individual_code',
    path: 'promotion-individual-code',
    rows: () => state.codes(),
    byId: (id) => state.codeById(id),
    byIndex: (field, value) => {
      if (field === 'id') return presentOnly(state.codeById(value));
      return field === 'code' ? presentOnly(state.codeByText(value)) : undefined;
    },
    idOf: (code) => code.id,
    fields: new Map<string, Field<IndividualCode>>([
      ['id', { kind: 'id', read: ({ id }) => id }],
      ['promotionId', { kind: 'id', read: ({ promotionId }) => promotionId }],
      ['code', { kind: 'text', read: ({ code }) => code }],
      ['payload', { kind: 'json', read: ({ payload }) => payload }],
      ['createdAt', { kind: 'date', read: ({ createdAt }) => createdAt }],
      ['updatedAt', { kind: 'date', read: ({ updatedAt }) => updatedAt }],
      [
        'promotion.name',
        {
          kind: 'text',
          read: ({ promotionId }) => state.promotions.get(promotionId)?.name ?? null,
          privilege: 'promotion:read',
        },
      ],
    ]),
    attributes: (code) => ({ ...COMMON, translated: {}, ...code, promotion: null }),
  };
}

function presentOnly<Row>(row: Row | undefined): Row[] {
  return row === undefined ? [] : [row];
}
