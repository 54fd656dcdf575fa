import type { EffectStore } from '../../services/mautic';

interface Effect {
  begunAt: Date;
  by: string;
  detail?: object;
}

/** The effects of the store without PostgreSQL. */
export class MemoryEffects implements EffectStore {
  readonly effects = new Map<string, Effect>();

  constructor(private readonly now: () => number = Date.now) {}

  /** An effect that was begun, and whose end was never reported. */
  leaveBegun(key: string, begunAt: Date): void {
    this.effects.set(key, { begunAt, by: 'somebody who is gone' });
  }

  async begin(key: string, by: string): ReturnType<EffectStore['begin']> {
    const known = this.effects.get(key);
    if (known) return { state: known.detail ? 'done' : 'unknown', begunAt: known.begunAt };
    const begunAt = new Date(this.now());
    this.effects.set(key, { begunAt, by });
    return { state: 'new', begunAt };
  }

  async takeOver(key: string, begunAt: Date, by: string): Promise<boolean> {
    const known = this.effects.get(key);
    if (!known || known.detail || known.begunAt.getTime() !== begunAt.getTime()) return false;
    this.effects.set(key, { begunAt: new Date(this.now()), by });
    return true;
  }

  async confirm(key: string, detail: object = {}): Promise<void> {
    const known = this.effects.get(key);
    if (known && !known.detail) this.effects.set(key, { ...known, detail });
  }

  async release(key: string): Promise<void> {
    if (!this.effects.get(key)?.detail) this.effects.delete(key);
  }
}
