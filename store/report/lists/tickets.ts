import { readPage, type ReportList } from './list';

/** When a ticket counts, by what is asked of it. */
const MOMENTS: Readonly<Record<string, { at: string; condition: string }>> = {
  open: { at: 'ticket.opened_at', condition: `ticket.state in ('opening', 'open', 'closing')` },
  closed: {
    at: 'ticket.closed_at',
    condition: `ticket.state in ('closed', 'finished') and ticket.closed_at >= $1 and ticket.closed_at < $2`,
  },
};
const OPENED = { at: 'ticket.opened_at', condition: 'ticket.opened_at >= $1 and ticket.opened_at < $2' };

/** Support tickets: those that are open now, or were opened or closed in the period. */
export const tickets: ReportList = {
  name: 'tickets',
  title: 'Support tickets',
  filters: ['state', 'category', 'staff'],
  columns: [
    { key: 'number', title: 'Ticket', kind: 'number' },
    { key: 'opened', title: 'Opened', kind: 'time' },
    { key: 'category', title: 'Category', kind: 'text' },
    { key: 'subject', title: 'Subject', kind: 'text' },
    { key: 'customer', title: 'Customer', kind: 'customer' },
    { key: 'opener', title: 'Opened by', kind: 'text' },
    { key: 'state', title: 'State', kind: 'text' },
    { key: 'staff', title: 'Assigned to', kind: 'text' },
    { key: 'answered', title: 'First answer', kind: 'time' },
    { key: 'closed', title: 'Closed', kind: 'time' },
    { key: 'reason', title: 'Closed because', kind: 'text' },
  ],
  async read(database, { period, tier }, { state, category, staff }, after, limit) {
    const { at, condition } = MOMENTS[state ?? ''] ?? OPENED;
    const query = {
      columns: `
        ticket.number, ticket.opened_at as opened, ticket.category, ticket.subject, customer.email as customer,
        customer.id as "customerId", ticket.opener_name as opener, ticket.state, ticket.assignee_name as staff,
        ticket.first_answer_at as answered, ticket.closed_at as closed, ticket.close_reason as reason`,
      from: 'lifecycle.ticket left join lifecycle.customer on customer.id = ticket.customer_id',
      conditions: [
        condition,
        // The period is among the values, whether or not it matters.
        '$1::timestamptz <= $2::timestamptz',
        '($3::text is null or customer.tier = $3)',
        '($4::text is null or ticket.category = $4)',
        '($5::text is null or ticket.assignee_name = $5)',
      ],
      values: [period.from, period.until, tier, category ?? null, staff ?? null],
      at,
      id: 'ticket.number',
      idType: 'bigint' as const,
    };
    return await readPage(database, query, after, limit);
  },
};
