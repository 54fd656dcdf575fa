import { storableText } from '../../storable';
import { REVENUE_KINDS } from '../revenue';
import { dayOf } from '../scope';
import { readPage, type ReportList } from './list';

/** What happened to the monthly recurring revenue of subscriptions in the period, and to their payments. */
export const revenue: ReportList = {
  name: 'revenue',
  title: 'Changes of monthly revenue',
  filters: ['currency', 'kind', 'day'],
  columns: [
    { key: 'at', title: 'When', kind: 'time' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'kind', title: 'What', kind: 'text' },
    { key: 'product', title: 'Product', kind: 'text' },
    { key: 'tier', title: 'Tier', kind: 'text' },
    { key: 'before', title: 'A month before', kind: 'money' },
    { key: 'now', title: 'A month since', kind: 'money' },
  ],

  async read(database, { period, tier }, { currency, kind, day }, after, limit) {
    const { from, until } = dayOf(period, day);
    return await readPage(
      database,
      {
        columns: `change.at, customer_id as "customerId", email, change.kind, product_name as product, change.tier,
                  round(mrr_before)::float8 as before, round(mrr_after)::float8 as now, change.currency`,
        from: `lifecycle.revenue_change change
               join lifecycle.subscription on subscription.id = subscription_id
               left join lifecycle.customer on customer.id = customer_id`,
        conditions: [
          'change.at >= $2 and change.at < $3',
          '($1::text is null or change.tier = $1)',
          '($4::text is null or change.currency = $4)',
          '($5::text is null or change.kind = $5)',
        ],
        values: [
          tier,
          from,
          until,
          storableText(currency ?? '') || null,
          REVENUE_KINDS.find((known) => known === kind) ?? null,
        ],
        at: 'change.at',
        id: 'change.id',
        idType: 'bigint',
      },
      after,
      limit,
    );
  },
};
