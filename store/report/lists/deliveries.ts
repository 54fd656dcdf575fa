import type { DeliveryState } from '../../deliveries';
import { placeOf, readPage, type ReportList } from './list';

/** As filters name them. */
const STATES: Readonly<Record<string, readonly DeliveryState[]>> = {
  waiting: ['waiting'],
  leased: ['leased'],
  retried: ['failed'],
  dead: ['dead'],
  done: ['done'],
};
const ALL: readonly DeliveryState[] = Object.values(STATES).flat();

/**
 * Those of the period that are done, or in whatever state; of those in a state that is not the end, all there are now. By type,
 * what was done by workflows that do not ask for that type any more is left out.
 */
export const deliveries: ReportList = {
  name: 'deliveries',
  title: 'Work on events',
  filters: ['handler', 'state', 'type'],
  columns: [
    { key: 'createdAt', title: 'Came in', kind: 'time' },
    { key: 'type', title: 'Event', kind: 'text' },
    { key: 'workflow', title: 'Workflow', kind: 'text' },
    { key: 'state', title: 'State', kind: 'text' },
    { key: 'attempts', title: 'Tries', kind: 'number' },
    { key: 'updatedAt', title: 'Last change', kind: 'time' },
    { key: 'dueAt', title: 'Next try', kind: 'time' },
    { key: 'service', title: 'Failed at', kind: 'text' },
    { key: 'message', title: 'Last error', kind: 'text' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'delivery', title: 'Replay', kind: 'delivery' },
  ],

  async read(database, { period }, filters, after, limit) {
    const wanted = STATES[filters.state ?? ''];
    const isOfPeriod = wanted === undefined || filters.state === 'done';
    const place = placeOf(after, 'bigint');
    const parts = (wanted ?? ALL).map((state) => newestOf(state, place !== undefined));
    return await readPage(
      database,
      {
        columns: `
          delivery.created_at as "createdAt", event.source || ':' || event.type as type, handler.name as workflow,
          case delivery.state when 'failed' then 'retried' else delivery.state end as state, delivery.attempts,
          delivery.updated_at as "updatedAt",
          case when delivery.state in ('waiting', 'failed') then delivery.due_at end as "dueAt",
          case when delivery.state <> 'done' then last_failure ->> 'service' end as service,
          case when delivery.state <> 'done' then last_failure ->> 'message' end as message,
          customer.email, customer.id as "customerId",
          case when delivery.state = 'dead' and payload_removed_at is null then delivery.id end as delivery`,
        from: `(
            select newest.id
            from lifecycle.handler cross join lateral (${parts.join(' union all ')}) newest
            where ($3::text is null or handler.id = $3)) found
          join lifecycle.delivery using (id)
          join lifecycle.event on event.id = delivery.event_id
          join lifecycle.handler on handler.id = delivery.handler_id
          left join lateral (
            select customer_id from lifecycle.customer_event where event_id = delivery.event_id
            order by customer_id limit 1) about on true
          left join lifecycle.customer on customer.id = about.customer_id`,
        conditions: [],
        values: [
          isOfPeriod ? period.from : '-infinity',
          isOfPeriod ? period.until : 'infinity',
          filters.handler ?? null,
          filters.type ?? null,
          limit + 1,
          ...(place ?? []),
        ],
        at: 'delivery.created_at',
        id: 'delivery.id',
        idType: 'bigint',
      },
      after,
      limit,
    );
  },
};

/** The newest deliveries of a handler in a state, each state by an index of its own. */
function newestOf(state: DeliveryState, isPlaced: boolean): string {
  const conditions = [
    `own.state = '${state}'`,
    'own.handler_id = handler.id',
    'own.created_at >= $1 and own.created_at < $2',
    `($4::text is null or exists (
       select from lifecycle.event where event.id = own.event_id and event.source || ':' || event.type = $4))`,
    // Else all that was done would be looked through for what is not there.
    ...(state === 'done' ? ['($4::text is null or handler.event_types @> array[$4])'] : []),
    ...(isPlaced ? ['(own.created_at, own.id) < ($6::timestamptz, $7::bigint)'] : []),
  ];
  return `(
    select own.id from lifecycle.delivery own where ${conditions.join(' and ')}
    order by own.created_at desc, own.id desc limit $5)`;
}
