/** What stands above a transcript. */
export interface Heading {
  /** e.g. `Ticket 12: Invoice missing`. */
  title: string;
  /** Name and value, such as when it was opened. */
  facts: ReadonlyArray<readonly [name: string, value: string]>;
  /** What the reader has to know, such as that older messages are left out. */
  notes: readonly string[];
}

/** `2026-11-20 12:00:05 UTC` */
export function timeText(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `12 KiB` */
export function sizeText(bytes: number): string {
  return bytes < 1024
    ? `${bytes} bytes`
    : bytes < 1024 * 1024
      ? `${Math.round(bytes / 1024)} KiB`
      : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
