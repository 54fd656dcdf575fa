/** A moment as EspoCRM writes it: UTC, to the second, e.g. `2026-03-02 09:15:00`. */
export function espoTime(at = new Date()): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

/** The same moment as ISO 8601. */
export function isoTime(time: string): string {
  return `${time.replace(' ', 'T')}Z`;
}
