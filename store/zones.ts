import { IANAZone } from 'luxon';

/** Offsets change at these instants alone, in every zone, since the clocks are regulated. */
const QUARTER_OF_AN_HOUR_MS = 15 * 60_000;
const MOST_OFFSETS = 10_000;

/** A time zone that keeps its offsets: to have one worked out takes longer than all else that is done with it. */
class KeptZone extends IANAZone {
  private readonly offsets = new Map<number, number>();

  override offset(at: number): number {
    const quarter = Math.floor(at / QUARTER_OF_AN_HOUR_MS);
    const known = this.offsets.get(quarter);
    if (known !== undefined) return known;
    const offset = super.offset(at);
    if (this.offsets.size >= MOST_OFFSETS) this.offsets.clear();
    this.offsets.set(quarter, offset);
    return offset;
  }
}

/** More than there are; but names may be written in any case. */
const MOST_ZONES = 1_000;

/** By their names. */
const zones = new Map<string, KeptZone>();

/** The time zone of that name, like `Europe/Berlin`; `undefined` when there is none. */
export function findZone(name: string): IANAZone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (!IANAZone.isValidZone(name)) return undefined;
  const zone = new KeptZone(name);
  if (zones.size >= MOST_ZONES) zones.clear();
  zones.set(name, zone);
  return zone;
}
