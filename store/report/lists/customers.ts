import { normalizedEmail } from '../../customer';
import { isTier } from '../../plan';
import { isStage } from '../../stage';
import { readPage, type ReportList } from './list';

/** Customers as they are now, whoever came to their stage last first. */
export const customers: ReportList = {
  name: 'customers',
  title: 'Customers',
  filters: ['stage', 'tier', 'q'],
  columns: [
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'name', title: 'Name', kind: 'text' },
    { key: 'stage', title: 'Stage', kind: 'text' },
    { key: 'since', title: 'There since', kind: 'time' },
    { key: 'tier', title: 'Tier', kind: 'text' },
    { key: 'status', title: 'Plan', kind: 'text' },
  ],

  async read(database, scope, { stage, tier, q }, after, limit) {
    return await readPage(
      database,
      {
        columns: `customer.id as "customerId", email, name, stage, stage_since as since, tier, status`,
        from: 'lifecycle.customer',
        conditions: [
          '($1::text is null or tier = $1)',
          '($2::text is null or tier = $2)',
          '($3::text is null or stage = $3)',
          'starts_with(email, $4)',
        ],
        values: [
          scope.tier,
          isTier(tier) ? tier : null,
          isStage(stage) ? stage : null,
          normalizedEmail(q ?? ''),
        ],
        at: 'coalesce(stage_since, customer.created_at)',
        id: 'customer.id',
        idType: 'bigint',
      },
      after,
      limit,
    );
  },
};
