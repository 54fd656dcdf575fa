import type { Queryable } from './database';

/** How far something was read that is read bit by bit, such as a provider's list of events. */
export class Cursors {
  constructor(private readonly database: Queryable) {}

  /** Where reading stopped last time; `undefined` the first time. */
  async get(name: string): Promise<string | undefined> {
    const { rows } = await this.database.query<{ position: string }>(
      `select position from lifecycle.cursor where name = $1`,
      [name],
    );
    return rows[0]?.position;
  }

  /** Everything up to `position`, in whatever form the reader understands, has been read. */
  async set(name: string, position: string): Promise<void> {
    await this.database.query(
      `insert into lifecycle.cursor (name, position) values ($1, $2)
       on conflict (name) do update set position = excluded.position, updated_at = now()`,
      [name, position],
    );
  }
}
