import { readPage, type ReportList } from './list';

/** Customers in sequences: those who have entered in the period, or (`state=underWay`) all who are in one now. */
export const entries: ReportList = {
  name: 'entries',
  title: 'Customers in sequences',
  filters: ['sequence', 'state'],
  columns: [
    { key: 'at', title: 'Entered', kind: 'time' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'sequence', title: 'Sequence', kind: 'text' },
    { key: 'cause', title: 'Cause', kind: 'text' },
    { key: 'endedAt', title: 'Ended', kind: 'time' },
    { key: 'endReason', title: 'Why', kind: 'text' },
  ],

  async read(database, { period, tier }, { sequence, state }, after, limit) {
    const { rows: known } = await database.query<{ id: string }>(
      'select id from lifecycle.sequence where name = $1',
      [sequence ?? null],
    );
    const values: unknown[] = [];
    const given = (value: unknown): string => `$${values.push(value)}`;
    const conditions = known.map(({ id }) => `entry.sequence_id = ${given(id)}`);
    if (tier !== null) conditions.push(`entry.tier = ${given(tier)}`);
    if (state === 'underWay') conditions.push('entry.ended_at is null');
    else
      conditions.push(
        `entry.entered_at >= ${given(period.from)} and entry.entered_at < ${given(period.until)}`,
      );
    return await readPage(
      database,
      {
        columns: `
          entry.entered_at as at, customer.email, entry.customer_id as "customerId", sequence.name as sequence,
          entry.cause, entry.ended_at as "endedAt", entry.end_reason as "endReason"`,
        from: `
          lifecycle.sequence_entry entry
            join lifecycle.customer on customer.id = entry.customer_id
            join lifecycle.sequence on sequence.id = entry.sequence_id`,
        conditions,
        values,
        at: 'entry.entered_at',
        id: 'entry.id',
        idType: 'bigint',
      },
      after,
      limit,
    );
  },
};
