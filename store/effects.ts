import type { Queryable } from './database';

/** `new`: this caller begins it. `done`: it has happened. `unknown`: begun before, its end was never reported. */
export type EffectState = 'new' | 'done' | 'unknown';

export interface BegunEffect {
  state: EffectState;
  begunAt: Date;
}

/** What cannot be made idempotent at its target, kept by key: begun before it is done, confirmed after. */
export class Effects {
  constructor(private readonly database: Queryable) {}

  /** Begins the effect unless it was begun before; tells which. `by` says who, for people. */
  async begin(key: string, by: string): Promise<BegunEffect> {
    const { rows } = await this.database.query<{ begunAt: Date; begun: boolean; confirmed: boolean }>(
      `insert into lifecycle.effect (key, begun_by) values ($1, $2)
       on conflict (key) do update set key = excluded.key
       returning begun_at as "begunAt", xmax = 0 as begun, confirmed_at is not null as confirmed`,
      [key, by],
    );
    const row = rows[0];
    if (row === undefined) throw new Error(`The effect ${key} could not be begun.`);
    return { state: row.begun ? 'new' : row.confirmed ? 'done' : 'unknown', begunAt: row.begunAt };
  }

  /**
   * Takes over an effect whose end is unknown, to try it again. Only one caller gets it: `begunAt` must still be the
   * one that {@link begin} gave.
   */
  async takeOver(key: string, begunAt: Date, by: string): Promise<boolean> {
    // A Date holds milliseconds, PostgreSQL microseconds.
    const { rows } = await this.database.query(
      `update lifecycle.effect set begun_at = clock_timestamp(), begun_by = $3
       where key = $1 and date_trunc('milliseconds', begun_at) = $2 and confirmed_at is null
       returning key`,
      [key, begunAt, by],
    );
    return rows.length > 0;
  }

  /** It has happened; `detail` is kept for people. Confirming twice changes nothing. */
  async confirm(key: string, detail: object = {}): Promise<void> {
    await this.database.query(
      `update lifecycle.effect set confirmed_at = now(), detail = $2 where key = $1 and confirmed_at is null`,
      [key, JSON.stringify(detail)],
    );
  }

  /** It was begun and has certainly not happened, so it may be begun again. */
  async release(key: string): Promise<void> {
    await this.database.query(`delete from lifecycle.effect where key = $1 and confirmed_at is null`, [key]);
  }
}
