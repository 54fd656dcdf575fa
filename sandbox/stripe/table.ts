/** Entries by id in the order of creation, of which a list can begin anywhere without looking through the others. */
export class Table<Entry extends { id: string }> {
  private readonly entries = new Map<string, Entry>();
  /** In the order of creation. */
  private order: string[] = [];
  private readonly positions = new Map<string, number>();

  get size(): number {
    return this.entries.size;
  }

  get(id: string): Entry | undefined {
    return this.entries.get(id);
  }

  /** Adds an entry at the end, or puts it in the place of the one with its id. */
  set(id: string, entry: Entry): void {
    if (!this.entries.has(id)) {
      this.positions.set(id, this.order.length);
      this.order.push(id);
    }
    this.entries.set(id, entry);
  }

  delete(id: string): void {
    if (!this.entries.has(id)) return;
    this.replace([...this.values()].filter((entry) => entry.id !== id));
  }

  clear(): void {
    this.replace([]);
  }

  /** Puts `entries` in the place of all there are. */
  replace(entries: readonly Entry[]): void {
    this.entries.clear();
    this.positions.clear();
    this.order = [];
    for (const entry of entries) this.set(entry.id, entry);
  }

  /** From the oldest to the newest. */
  values(): IterableIterator<Entry> {
    return this.entries.values();
  }

  /** From the newest to the oldest: all, or those that are older than the one with this id. */
  *newestFirst(olderThan?: string): Generator<Entry> {
    const end = olderThan === undefined ? this.order.length : (this.positions.get(olderThan) ?? 0);
    for (let position = end - 1; position >= 0; position -= 1) {
      const entry = this.at(position);
      if (entry) yield entry;
    }
  }

  /** From the oldest to the newest, those that are newer than the one with this id. */
  *newerThan(id: string): Generator<Entry> {
    const start = this.positions.get(id) ?? this.order.length;
    for (let position = start + 1; position < this.order.length; position += 1) {
      const entry = this.at(position);
      if (entry) yield entry;
    }
  }

  /** At most so many, the newest first. */
  newest(count: number): Entry[] {
    return this.order
      .slice(-count)
      .reverse()
      .flatMap((id) => this.entries.get(id) ?? []);
  }

  /** The newest one that fits. */
  findNewest(fits: (entry: Entry) => boolean): Entry | undefined {
    for (const entry of this.newestFirst()) if (fits(entry)) return entry;
    return undefined;
  }

  private at(position: number): Entry | undefined {
    return this.entries.get(this.order[position] ?? '');
  }
}
