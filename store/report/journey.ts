import type { Queryable } from '../database';
import { STAGES, STAGES_AHEAD, type Stage } from '../stage';
import { readAutomation, type Automation } from './automation';
import type { ReportScope } from './scope';
import { hasTier } from './tier';

/** A stage and how it goes there. Moves are counted, each time that somebody makes one. */
export interface StageReport {
  stage: Stage;
  /** There now. */
  customers: number;
  /** In the period. */
  entered: number;
  left: number;
  /** Of those who entered in the period, who have left it since then for a stage ahead ({@link STAGES_AHEAD}). */
  movedOn: number;
  /** How long they were there who left it in the period; `null` when nobody did. */
  medianHours: number | null;
  automation: Automation[];
}

/** How often customers went from one stage to the other in the period; `null`: this was their first. */
export interface StageMove {
  from: Stage | null;
  to: Stage;
  customers: number;
}

export interface JourneyReport {
  /** All of them, in the order of the journey. */
  stages: StageReport[];
  moves: StageMove[];
  /** All customers there are, those included whose stage was not worked out yet. */
  total: number;
  /** Days of the period (`YYYY-MM-DD`, UTC) on which anybody entered the stage. */
  days: Array<{ day: string; stage: Stage; entered: number }>;
}

interface CountedMoves {
  from: Stage | null;
  stage: Stage;
  next: Stage | null;
  moves: number;
}

/** The journey in a period. Of a tier, it is that of the customers who have the tier now. */
export async function readJourney(database: Queryable, scope: ReportScope): Promise<JourneyReport> {
  const customers = await readCustomers(database, scope);
  const moves = await readMoves(database, scope);
  const days = await readDays(database, scope);
  const ends = await readEnds(database, scope);
  const automation = await readAutomation(database);
  return {
    stages: STAGES.map((stage, index) => {
      const entries = moves.filter((each) => each.stage === stage);
      return {
        stage,
        customers: customers.find((each) => each.stage === stage)?.customers ?? 0,
        entered: sum(entries),
        left: ends[index]?.left ?? 0,
        movedOn: sum(entries.filter(({ next }) => next !== null && STAGES_AHEAD[stage].includes(next))),
        medianHours: ends[index]?.medianHours ?? null,
        automation: automation.get(stage) ?? [],
      };
    }),
    moves: movesOf(moves),
    total: customers.reduce((total, each) => total + each.customers, 0),
    days,
  };
}

async function readCustomers(
  database: Queryable,
  { tier }: ReportScope,
): Promise<Array<{ stage: Stage | null; customers: number }>> {
  const { rows } = await database.query<{ stage: Stage | null; customers: number }>(
    `select stage, count(*)::int as customers from lifecycle.customer
     where $1::text is null or tier = $1 group by stage`,
    [tier],
  );
  return rows;
}

/** By where from, and where to since then. */
async function readMoves(
  database: Queryable,
  { tier, period: { from, until } }: ReportScope,
): Promise<CountedMoves[]> {
  const { rows } = await database.query<CountedMoves>(
    `select previous_stage as "from", stage, next_stage as next, count(*)::int as moves
     from lifecycle.stage_change
     where changed_at >= $2 and changed_at < $3 and ${hasTier(tier, 'customer_id', '$1')}
     group by previous_stage, stage, next_stage
     order by array_position($4::text[], stage), array_position($4::text[], previous_stage)`,
    [tier, from, until, STAGES],
  );
  return rows;
}

async function readDays(
  database: Queryable,
  { tier, period: { from, until } }: ReportScope,
): Promise<JourneyReport['days']> {
  const { rows } = await database.query<JourneyReport['days'][number]>(
    `select to_char((changed_at at time zone 'UTC')::date, 'YYYY-MM-DD') as day, stage, count(*)::int as entered
     from lifecycle.stage_change
     where changed_at >= $2 and changed_at < $3 and ${hasTier(tier, 'customer_id', '$1')}
     group by (changed_at at time zone 'UTC')::date, stage
     order by (changed_at at time zone 'UTC')::date, array_position($4::text[], stage)`,
    [tier, from, until, STAGES],
  );
  return rows;
}

/** Stage by stage in one pass: sorted by stage, all of them would have to be compared by name. */
async function readEnds(
  database: Queryable,
  { tier, period: { from, until } }: ReportScope,
): Promise<Array<{ left: number; medianHours: number | null }>> {
  const { rows } = await database.query<{ left: number[]; medianHours: Array<number | null> }>(
    `select array[${STAGES.map((stage) => `count(*) filter (where stage = '${stage}')`).join(', ')}]::int[] as left,
            array[${STAGES.map((stage) => `${MEDIAN_HOURS} filter (where stage = '${stage}')`).join(', ')}]
              as "medianHours"
     from lifecycle.stage_change
     where left_at >= $2 and left_at < $3 and ${hasTier(tier, 'customer_id', '$1')}`,
    [tier, from, until],
  );
  const [{ left = [], medianHours = [] } = {}] = rows;
  return STAGES.map((_stage, index) => ({
    left: left[index] ?? 0,
    medianHours: medianHours[index] ?? null,
  }));
}

const MEDIAN_HOURS = `percentile_cont(0.5) within group (order by date_part('epoch', left_at - changed_at) / 3600)`;

function sum(counted: readonly CountedMoves[]): number {
  return counted.reduce((total, { moves }) => total + moves, 0);
}

/** Without where they went since then. */
function movesOf(counted: readonly CountedMoves[]): StageMove[] {
  const moves = new Map<string, StageMove>();
  for (const { from, stage, moves: more } of counted) {
    const key = `${from} ${stage}`;
    const customers = (moves.get(key)?.customers ?? 0) + more;
    moves.set(key, { from, to: stage, customers });
  }
  return [...moves.values()];
}
