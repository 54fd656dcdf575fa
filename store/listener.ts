import { randomInt } from 'node:crypto';
import type { Client } from 'pg';
import { createSession } from './database';

export const NOTIFY_CHANNEL = 'lifecycle_delivery';
/** First half of the advisory lock that a living process holds; the second half is its own number. */
export const PROCESS_LOCK = 1_820_455;

const RECONNECT_MS = 1_000;

/**
 * One session of this process: hears which handler has something to do, and holds an advisory lock that PostgreSQL
 * gives up with the session, so that others can see whether the process that holds a lease is still alive.
 */
export class Listener {
  /** Identifies this process in `delivery.lease_owner`. */
  readonly owner = randomInt(1, 2 ** 31 - 1);
  private readonly subscribers = new Map<string, () => void>();
  private session: Client | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private connecting: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly connectionUrl: string) {}

  /** Calls `wake` whenever something came in for the handler, and after a lost connection. */
  async subscribe(handlerId: string, wake: () => void): Promise<() => void> {
    this.subscribers.set(handlerId, wake);
    if (this.session === undefined) await (this.connecting ??= this.connect());
    return () => {
      if (this.subscribers.get(handlerId) === wake) this.subscribers.delete(handlerId);
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reconnect);
    this.subscribers.clear();
    await this.connecting;
    await this.session?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const session = createSession(this.connectionUrl);
    session.on('notification', ({ payload }) => {
      if (payload !== undefined) this.subscribers.get(payload)?.();
    });
    session.on('error', () => this.lost(session));
    session.on('end', () => this.lost(session));
    try {
      await session.connect();
      await session.query('select pg_advisory_lock($1, $2)', [PROCESS_LOCK, this.owner]);
      await session.query(`listen ${NOTIFY_CHANNEL}`);
    } catch {
      this.lost(session);
      return;
    } finally {
      this.connecting = undefined;
    }
    this.session = session;
    // What was notified while nobody listened.
    for (const wake of this.subscribers.values()) wake();
  }

  private lost(session: Client): void {
    if (this.session === session) this.session = undefined;
    session.removeAllListeners();
    session.on('error', () => undefined);
    void session.end().catch(() => undefined);
    if (this.closed || this.reconnect !== undefined) return;
    this.reconnect = setTimeout(() => {
      this.reconnect = undefined;
      this.connecting ??= this.connect();
    }, RECONNECT_MS);
    this.reconnect.unref();
  }
}
