import type { Queryable } from './database';
import type { EventSource } from './events';

/** A webhook at a provider that leads to us; unique by source and address. */
export interface WebhookRegistration {
  source: EventSource;
  /** Our address, as the provider knows it. */
  url: string;
  /** The provider's id of it. */
  externalId: string;
  /** What it signs with; null when only the credential knows. */
  secret: string | null;
  /** The workflow and the trigger node in it, whose address this is. */
  owner: string;
  /** Whether we made it; an admin's own is never removed. */
  madeByUs: boolean;
  /** False when it is not to exist any more, but could not be removed yet. */
  wanted: boolean;
}

const COLUMNS = `source, url, external_id as "externalId", secret, owner, made_by_us as "madeByUs", wanted`;

/** The webhooks that the intake registered at providers, or takes care of there. */
export class Webhooks {
  constructor(private readonly database: Queryable) {}

  async get(source: EventSource, url: string): Promise<WebhookRegistration | undefined> {
    const { rows } = await this.database.query<WebhookRegistration>(
      `select ${COLUMNS} from lifecycle.webhook where source = $1 and url = $2`,
      [source, url],
    );
    return rows[0];
  }

  /** All of a provider's, in the order of their addresses. */
  async bySource(source: EventSource): Promise<WebhookRegistration[]> {
    const { rows } = await this.database.query<WebhookRegistration>(
      `select ${COLUMNS} from lifecycle.webhook where source = $1 order by url`,
      [source],
    );
    return rows;
  }

  /** Keeps the registration in place of the one that was kept for this source and address. */
  async save(registration: WebhookRegistration): Promise<void> {
    const { source, url, externalId, secret, owner, madeByUs, wanted } = registration;
    await this.database.query(
      `insert into lifecycle.webhook (source, url, external_id, secret, owner, made_by_us, wanted)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (source, url) do update
         set external_id = excluded.external_id, secret = excluded.secret, owner = excluded.owner,
             made_by_us = excluded.made_by_us, wanted = excluded.wanted, updated_at = now()`,
      [source, url, externalId, secret, owner, madeByUs, wanted],
    );
  }

  /**
   * Notes what the provider has now, and leaves it open whether that is still wanted. False, and nothing noted, when
   * the registration was forgotten meanwhile.
   */
  async refresh(registration: Omit<WebhookRegistration, 'owner' | 'wanted'>): Promise<boolean> {
    const { source, url, externalId, secret, madeByUs } = registration;
    const { rows } = await this.database.query(
      `update lifecycle.webhook
       set external_id = $3, secret = $4, made_by_us = $5, updated_at = now()
       where source = $1 and url = $2
       returning url`,
      [source, url, externalId, secret, madeByUs],
    );
    return rows.length > 0;
  }

  /** Forgets what is not wanted any more; what was registered again meanwhile stays. */
  async forget(source: EventSource, url: string): Promise<void> {
    await this.database.query(`delete from lifecycle.webhook where source = $1 and url = $2 and not wanted`, [
      source,
      url,
    ]);
  }
}
