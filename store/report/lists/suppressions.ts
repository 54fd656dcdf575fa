import { readPage, type ReportList } from './list';

/** Addresses that nothing is sent to now, whenever that began, of customers of whatever tier. */
export const suppressions: ReportList = {
  name: 'suppressions',
  title: 'Suppressed addresses',
  filters: ['reason'],
  columns: [
    { key: 'at', title: 'Since', kind: 'time' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'reason', title: 'Reason', kind: 'text' },
    { key: 'detail', title: 'Detail', kind: 'text' },
  ],

  read: (database, _scope, { reason }, after, limit) =>
    readPage(
      database,
      {
        columns: `
          suppressed_at as at, email, reason, detail,
          (select id from lifecycle.customer where customer.email = suppression.email) as "customerId"`,
        from: 'lifecycle.suppression',
        conditions: reason === undefined ? [] : ['reason = $1'],
        values: reason === undefined ? [] : [reason],
        at: 'suppressed_at',
        id: 'email_key',
        idType: 'text',
      },
      after,
      limit,
    ),
};
