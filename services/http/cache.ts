const KEPT_MS = 5 * 60_000;
/** Something that is missing in a copy this young is missing in the service. */
const FRESH_MS = 2_000;

interface Entry<Value> {
  readAt: number;
  value: Promise<Value>;
}

/** What a service holds and hardly ever changes (fields, e-mails, channels), read once in five minutes per installation. */
export class Cache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();

  constructor(private readonly now: () => number = Date.now) {}

  /** The copy kept under `key`, or what `read` gives; a `read` that fails is not kept. */
  get(key: string, read: () => Promise<Value>): Promise<Value> {
    return this.within(KEPT_MS, key, read);
  }

  /** As {@link get}, for a reader that missed something in the copy: reads anew unless that was a moment ago. */
  refresh(key: string, read: () => Promise<Value>): Promise<Value> {
    return this.within(FRESH_MS, key, read);
  }

  private within(milliseconds: number, key: string, read: () => Promise<Value>): Promise<Value> {
    const kept = this.entries.get(key);
    if (kept && this.now() - kept.readAt < milliseconds) return kept.value;
    const entry: Entry<Value> = { readAt: this.now(), value: read() };
    this.entries.set(key, entry);
    entry.value.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return entry.value;
  }
}
