import { EVENT_KINDS } from '../days';
import { dayOf, type ReportPeriod } from '../scope';
import { placeOf, readPage, type ReportList } from './list';

const HOUR_MS = 60 * 60_000;

export const events: ReportList = {
  name: 'events',
  title: 'Events',
  filters: ['source', 'type', 'hour', 'day'],
  columns: [
    { key: 'receivedAt', title: 'Received', kind: 'time' },
    { key: 'source', title: 'Source', kind: 'text' },
    { key: 'type', title: 'Type', kind: 'text' },
    { key: 'externalId', title: 'ID at the source', kind: 'text' },
    { key: 'occurredAt', title: 'Happened', kind: 'time' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'deliveries', title: 'Workflows', kind: 'number' },
    { key: 'unfinished', title: 'Unfinished', kind: 'number' },
  ],

  async read(database, { period }, filters, after, limit) {
    const { from, until } = hourOf(period, filters.hour) ?? dayOf(period, filters.day);
    const place = placeOf(after, 'bigint');
    return await readPage(
      database,
      {
        columns: `
          event.received_at as "receivedAt", event.source, event.type, event.external_id as "externalId",
          event.occurred_at as "occurredAt", customer.email, customer.id as "customerId",
          work.deliveries, work.unfinished`,
        // The newest of each kind, which is read from the index; the newest of all are among them.
        from: `(
            select newest.id
            from ${EVENT_KINDS} cross join lateral (
              select id from lifecycle.event
              where source = kind.source and type = kind.type and received_at >= $1 and received_at < $2
                ${place === undefined ? '' : 'and (received_at, id) < ($6::timestamptz, $7::bigint)'}
              order by received_at desc, id desc limit $5) newest
            where ($3::text is null or source = $3)
              and ($4::text is null or type = $4 or source || ':' || type = $4)) found
          join lifecycle.event using (id)
          left join lateral (
            select customer_id from lifecycle.customer_event where event_id = event.id
            order by customer_id limit 1) about on true
          left join lifecycle.customer on customer.id = about.customer_id
          cross join lateral (
            select count(*)::int as deliveries, count(*) filter (where state <> 'done')::int as unfinished
            from lifecycle.delivery where event_id = event.id) work`,
        conditions: [],
        values: [from, until, filters.source ?? null, filters.type ?? null, limit + 1, ...(place ?? [])],
        at: 'event.received_at',
        id: 'event.id',
        idType: 'bigint',
      },
      after,
      limit,
    );
  },
};

/** What of a period lies in the hour that begins then (ISO 8601). */
function hourOf(
  period: ReportPeriod,
  hour: string | undefined,
): Pick<ReportPeriod, 'from' | 'until'> | undefined {
  const at = /^\d{4}-\d\d-\d\dT\d\d:/.test(hour ?? '') ? Date.parse(hour ?? '') : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  const from = Math.floor(at / HOUR_MS) * HOUR_MS;
  return {
    from: new Date(Math.max(from, period.from.getTime())),
    until: new Date(Math.min(from + HOUR_MS, period.until.getTime())),
  };
}
