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
  day: string;
  moves: number;
}

/** The journey in a period. Of a tier, it is that of the customers who have the tier now. */
export async function readJourney(database: Queryable, scope: ReportScope): Promise<JourneyReport> {
  const customers = await readCustomers(database, scope);
  const moves = await readMoves(database, scope);
  const ends = await readEnds(database, scope);
  const automation = await readAutomation(database);
  return {
    stages: STAGES.map((stage) => {
      const entries = moves.filter((each) => each.stage === stage);
      const end = ends.find((each) => each.stage === stage);
      return {
        stage,
        customers: customers.find((each) => each.stage === stage)?.customers ?? 0,
        entered: sum(entries),
        left: end?.left ?? 0,
        movedOn: sum(entries.filter(({ next }) => next !== null && STAGES_AHEAD[stage].includes(next))),
        medianHours: end?.medianHours ?? null,
        automation: automation.get(stage) ?? [],
      };
    }),
    moves: grouped(moves, ({ from, stage }) => `${from} ${stage}`).map(
      ([{ from, stage }, customersMoved]) => ({
        from,
        to: stage,
        customers: customersMoved,
      }),
    ),
    total: customers.reduce((total, each) => total + each.customers, 0),
    days: grouped(moves, ({ day, stage }) => `${day} ${stage}`).map(([{ day, stage }, entered]) => ({
      day,
      stage,
      entered,
    })),
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

/** By all that is counted of them, in the order of days and of the journey: some thousand rows for a year. */
async function readMoves(
  database: Queryable,
  { tier, period: { from, until } }: ReportScope,
): Promise<CountedMoves[]> {
  const { rows } = await database.query<CountedMoves>(
    `select previous_stage as "from", stage, next_stage as next,
            to_char(date, 'YYYY-MM-DD') as day, moves
     from (
       select previous_stage, stage, next_stage, (changed_at at time zone 'UTC')::date as date,
              count(*)::int as moves
       from lifecycle.stage_change
       where changed_at >= $2 and changed_at < $3 and ${hasTier('customer_id', '$1')}
       group by 1, 2, 3, 4
     ) counted
     order by date, array_position($4::text[], previous_stage), array_position($4::text[], stage)`,
    [tier, from, until, STAGES],
  );
  return rows;
}

async function readEnds(
  database: Queryable,
  { tier, period: { from, until } }: ReportScope,
): Promise<Array<{ stage: Stage; left: number; medianHours: number }>> {
  const { rows } = await database.query<{ stage: Stage; left: number; medianHours: number }>(
    `select stage, count(*)::int as left,
            percentile_cont(0.5) within group (order by extract(epoch from left_at - changed_at)::float8) / 3600
              as "medianHours"
     from lifecycle.stage_change
     where left_at >= $2 and left_at < $3 and ${hasTier('customer_id', '$1')}
     group by stage`,
    [tier, from, until],
  );
  return rows;
}

function sum(counted: readonly CountedMoves[]): number {
  return counted.reduce((total, { moves }) => total + moves, 0);
}

/** The first of each group, and how many moves all of it are. */
function grouped(
  counted: readonly CountedMoves[],
  keyOf: (moves: CountedMoves) => string,
): Array<[CountedMoves, number]> {
  const groups = new Map<string, [CountedMoves, number]>();
  for (const each of counted) {
    const key = keyOf(each);
    const [first, total] = groups.get(key) ?? [each, 0];
    groups.set(key, [first, total + each.moves]);
  }
  return [...groups.values()];
}
