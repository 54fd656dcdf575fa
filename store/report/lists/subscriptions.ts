import { storableText } from '../../storable';
import { readPage, type ReportList } from './list';

/** What narrows it down to what a figure counts. */
const STATES: Readonly<Partial<Record<string, string>>> = {
  paying: 'mrr_minor > 0',
  failing: 'mrr_minor > 0 and payment_failing',
};

/** Subscriptions as they are now, whatever the period, the youngest first. */
export const subscriptions: ReportList = {
  name: 'subscriptions',
  title: 'Subscriptions',
  filters: ['currency', 'state'],
  columns: [
    { key: 'since', title: 'Since', kind: 'time' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'product', title: 'Product', kind: 'text' },
    { key: 'tier', title: 'Tier', kind: 'text' },
    { key: 'status', title: 'Status', kind: 'text' },
    { key: 'failing', title: 'Payment', kind: 'text' },
    { key: 'mrr', title: 'A month', kind: 'money' },
    { key: 'renews', title: 'Period until', kind: 'time' },
    { key: 'ends', title: 'Ends', kind: 'time' },
  ],

  async read(database, { tier }, { currency, state = '' }, after, limit) {
    return await readPage(
      database,
      {
        columns: `started_at as since, customer_id as "customerId", email, product_name as product, subscription.tier,
                  subscription.status, case when payment_failing then 'failing' end as failing,
                  round(mrr_minor)::float8 as mrr, subscription.currency, period_end as renews,
                  coalesce(ended_at, cancel_at, case when cancel_at_period_end then period_end end) as ends`,
        from: 'lifecycle.subscription left join lifecycle.customer on customer.id = customer_id',
        conditions: [
          '($1::text is null or subscription.tier = $1)',
          '($2::text is null or subscription.currency = $2)',
          ...[STATES[state] ?? []].flat(),
        ],
        values: [tier, storableText(currency ?? '') || null],
        at: 'started_at',
        id: 'subscription.id',
        idType: 'bigint',
      },
      after,
      limit,
    );
  },
};
