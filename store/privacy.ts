import type { Pool } from 'pg';
import { normalizedEmail } from './customer';
import { inTransaction } from './database';
import { erase, type Erasure } from './erasure';
import { exportPerson, type PersonExport } from './export';
import { wakeWaiting } from './groups';
import { Interactions } from './interactions';
import { expirePayloads, type ExpiredPayloads, type Retention } from './retention';

/** What people may ask of whoever keeps their data, and how long it is kept. */
export class Privacy {
  constructor(private readonly pool: Pool) {}

  /**
   * Removes the person with this address, in whatever spelling, from the store. What happened to them before, and comes
   * only later or is still being worked on, is not kept any more; what happens to them afterwards is that of somebody new.
   */
  async erase(email: string, { reason }: { reason?: string | undefined } = {}): Promise<Erasure> {
    const { erasure, freed } = await inTransaction(this.pool, (client) =>
      erase(client, normalizedEmail(email), reason?.trim() || null),
    );
    await wakeWaiting(this.pool, freed, { own: false });
    return erasure;
  }

  /** All that is held of the person with this address, in whatever spelling; `null` when that is nothing. */
  async export(email: string): Promise<PersonExport | null> {
    return await exportPerson(this.pool, normalizedEmail(email));
  }

  /** Removes payloads that were kept long enough ({@link expirePayloads}), and tokens that open nothing any more. */
  async expirePayloads(retention: Retention): Promise<ExpiredPayloads> {
    await new Interactions(this.pool).expire();
    return await expirePayloads(this.pool, retention);
  }
}
