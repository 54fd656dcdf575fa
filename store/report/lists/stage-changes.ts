import { STAGES, STAGES_AHEAD, isStage } from '../../stage';
import { dayOf } from '../scope';
import { hasTier } from '../tier';
import { readPage, type ReportList } from './list';

/** Each that is ahead of another, as `from to`. */
const AHEAD = STAGES.flatMap((stage) => STAGES_AHEAD[stage].map((ahead) => `${stage} ${ahead}`));

/**
 * Changes of customers' stages in the period: `from` one stage (`none`: the first of all) `to` another, or of one
 * `stage`, `how` that was `entered`, `left`, or `movedOn` from since then.
 */
export const stageChanges: ReportList = {
  name: 'stage-changes',
  title: 'Stages entered and left',
  filters: ['from', 'to', 'stage', 'how', 'day'],
  columns: [
    { key: 'at', title: 'Entered', kind: 'time' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'from', title: 'From', kind: 'text' },
    { key: 'stage', title: 'Stage', kind: 'text' },
    { key: 'cause', title: 'Because of', kind: 'text' },
    { key: 'left', title: 'Left', kind: 'time' },
    { key: 'next', title: 'To', kind: 'text' },
  ],

  async read(database, { period, tier }, { from, to, stage, how, day }, after, limit) {
    const at = how === 'left' ? 'change.left_at' : 'change.changed_at';
    const isAhead = how === 'movedOn' ? [`change.stage || ' ' || next_stage = any ($7::text[])`] : [];
    const { from: since, until } = dayOf(period, day);
    return await readPage(
      database,
      {
        columns: `changed_at as at, customer_id as "customerId", email, previous_stage as "from", change.stage,
                  event.source || ':' || event.type as cause, left_at as left, next_stage as next`,
        from: `lifecycle.stage_change change
               join lifecycle.customer on customer.id = customer_id
               left join lifecycle.event on event.id = cause_event_id`,
        conditions: [
          `${at} >= $2 and ${at} < $3`,
          hasTier(tier, 'customer_id', '$1'),
          `($4::text is null or coalesce(previous_stage, 'none') = $4)`,
          '($5::text is null or change.stage = $5)',
          '($6::text is null or change.stage = $6)',
          ...isAhead,
        ],
        values: [
          tier,
          since,
          until,
          isStage(from) || from === 'none' ? from : null,
          isStage(to) ? to : null,
          isStage(stage) ? stage : null,
          ...isAhead.map(() => AHEAD),
        ],
        at,
        id: `(change.customer_id || '.' || change.version)`,
        idType: 'text',
      },
      after,
      limit,
    );
  },
};
