import { randomUUID } from 'node:crypto';
import type { Queryable } from './database';
import type { JsonObject } from './events';

export type SyncRunState = 'running' | 'done' | 'failed';

/** How many of what, by name; for people. */
export type SyncCounts = { readonly [name: string]: number };

export interface SyncRun {
  id: string;
  /** What is synced, e.g. `stripe-subscriptions`. */
  name: string;
  state: SyncRunState;
  counts: SyncCounts;
  /** How often it was begun again after having been cut off. */
  resumed: number;
  lastFailure: string | null;
  startedAt: Date;
  updatedAt: Date;
  finishedAt: Date | null;
}

/** The right to work on a run, for as long as it makes progress. */
export interface BegunRun {
  id: string;
  lease: string;
  /** Where an earlier try was cut off; `null` for a run from the start. */
  position: JsonObject | null;
  counts: SyncCounts;
  startedAt: Date;
}

/** A run without progress for so long counts as cut off. */
const LEASE_SECONDS = 120;
/** What failed longer ago is not gone on with: a new run finds more. */
const RESUMABLE_HOURS = 20;

/** Of the newest run of a name: whether it is to be gone on with. */
const IS_CUT_OFF = `
  name = $1 and id = (select max(id) from lifecycle.sync_run where name = $1)
  and ((state = 'running' and lease_expires_at <= now())
    or (state = 'failed' and started_at > now() - make_interval(hours => ${RESUMABLE_HOURS})))`;

const COLUMNS = `
  id, name, state, counts, resumed, last_failure as "lastFailure", started_at as "startedAt",
  updated_at as "updatedAt", finished_at as "finishedAt"`;

/** What syncs have done, one of a name at a time; one that was cut off is gone on with where it was. */
export class SyncRuns {
  constructor(private readonly database: Queryable) {}

  /**
   * Begins a run, or goes on with the last one when that was cut off or has failed. Gives the run that is under way
   * instead when somebody else is working on one.
   */
  async begin(name: string): Promise<BegunRun | SyncRun> {
    const lease = randomUUID();
    const { rows } = await this.database.query<BegunRun & { lease: string }>(
      `with cut_off as (
         select id from lifecycle.sync_run where ${IS_CUT_OFF} for update
       ), resumed as (
         update lifecycle.sync_run
         set state = 'running', finished_at = null, lease = $2, resumed = resumed + 1, updated_at = now(),
             lease_expires_at = now() + make_interval(secs => $3)
         where id in (select id from cut_off)
           and (state = 'failed' or lease_expires_at <= now())
         returning id, lease, position, counts, started_at
       ), begun as (
         insert into lifecycle.sync_run (name, state, lease, lease_expires_at)
         select $1, 'running', $2, now() + make_interval(secs => $3)
         where not exists (select from resumed)
         on conflict (name) where state = 'running' do nothing
         returning id, lease, position, counts, started_at
       )
       select id, lease, position, counts, started_at as "startedAt" from resumed
       union all
       select id, lease, position, counts, started_at from begun`,
      [name, lease, LEASE_SECONDS],
    );
    const [begun] = rows;
    if (begun) return begun;
    const [other] = await this.newest(name, 1);
    if (other) return other;
    throw new Error(`The sync "${name}" could not be begun.`);
  }

  /** Keeps how far it got, and the right to go on. False when the run was taken over by somebody else meanwhile. */
  async progress({ id, lease }: BegunRun, position: JsonObject, counts: SyncCounts): Promise<boolean> {
    const { rows } = await this.database.query(
      `update lifecycle.sync_run
       set position = $3, counts = $4, updated_at = now(),
           lease_expires_at = now() + make_interval(secs => $5)
       where id = $1 and lease = $2 and state = 'running' returning id`,
      [id, lease, JSON.stringify(position), JSON.stringify(counts), LEASE_SECONDS],
    );
    return rows.length > 0;
  }

  /** It got through. */
  async finish(run: BegunRun, counts: SyncCounts): Promise<void> {
    await this.end(run, 'done', counts, null);
  }

  /** It did not; the next one goes on from where it was. `message` is for people. */
  async fail(run: BegunRun, counts: SyncCounts, message: string): Promise<void> {
    await this.end(run, 'failed', counts, message);
  }

  /** The newest runs, of a name or of all, newest first. */
  async newest(name: string | undefined, limit: number, state?: SyncRunState): Promise<SyncRun[]> {
    const { rows } = await this.database.query<SyncRun>(
      `select ${COLUMNS} from lifecycle.sync_run
       where ($1::text is null or name = $1) and ($3::text is null or state = $3)
       order by id desc limit $2`,
      [name ?? null, limit, state ?? null],
    );
    return rows;
  }

  /** The names of all that ever ran. */
  async names(): Promise<string[]> {
    const { rows } = await this.database.query<{ name: string }>(
      `select distinct name from lifecycle.sync_run order by name`,
    );
    return rows.map(({ name }) => name);
  }

  /** Whether the last run of the name was cut off or has failed, and is to be gone on with. */
  async isCutOff(name: string): Promise<boolean> {
    const { rows } = await this.database.query(`select from lifecycle.sync_run where ${IS_CUT_OFF}`, [name]);
    return rows.length > 0;
  }

  private async end(
    { id, lease }: BegunRun,
    state: 'done' | 'failed',
    counts: SyncCounts,
    lastFailure: string | null,
  ): Promise<void> {
    await this.database.query(
      `update lifecycle.sync_run
       set state = $3, counts = $4, last_failure = coalesce($5, last_failure), finished_at = now(),
           updated_at = now(), lease = null, lease_expires_at = null
       where id = $1 and lease = $2 and state = 'running'`,
      [id, lease, state, JSON.stringify(counts), lastFailure],
    );
  }
}
