import { storableText } from '../../storable';
import { hasTier } from '../tier';
import { readPage, type ReportList } from './list';

/** What narrows it down to what a figure adds up. */
const KINDS: Readonly<Partial<Record<string, string>>> = {
  paid: 'newly_paid_minor <> 0',
  refunded: 'newly_refunded_minor <> 0',
};

/** Payments and refunds in the period; an amount below zero is a correction of what was said to be paid. */
export const payments: ReportList = {
  name: 'payments',
  title: 'Payments and refunds',
  filters: ['currency', 'kind'],
  columns: [
    { key: 'at', title: 'When', kind: 'time' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'source', title: 'At', kind: 'text' },
    { key: 'subject', title: 'Payment', kind: 'text' },
    { key: 'paid', title: 'Paid', kind: 'money' },
    { key: 'refunded', title: 'Refunded', kind: 'money' },
  ],

  async read(database, { period: { from, until }, tier }, { currency, kind = '' }, after, limit) {
    return await readPage(
      database,
      {
        columns: `as_of as at, customer_id as "customerId", email, source, subject, payment.currency,
                  nullif(newly_paid_minor, 0)::float8 as paid,
                  nullif(newly_refunded_minor, 0)::float8 as refunded`,
        from: `lifecycle.payment_statement payment join lifecycle.customer on customer.id = customer_id`,
        conditions: [
          'as_of >= $2 and as_of < $3',
          hasTier(tier, 'customer_id', '$1'),
          '($4::text is null or payment.currency = $4)',
          KINDS[kind] ?? '(newly_paid_minor, newly_refunded_minor) <> (0, 0)',
        ],
        values: [tier, from, until, storableText(currency ?? '') || null],
        at: 'as_of',
        id: `(payment.customer_id || '.' || payment.event_id)`,
        idType: 'text',
      },
      after,
      limit,
    );
  },
};
