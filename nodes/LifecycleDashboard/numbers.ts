import { majorUnits } from '../../store';

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** `1,204` */
export function counted(count: number): string {
  return COUNT.format(count);
}

/** `1 mail`, `1,204 mails` */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${counted(count)} ${count === 1 ? one : many}`;
}

/** Of a share from 0 to 1: `41.2%`. What is neither nothing nor all does not look as if it were. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1%';
  if (share < 1 && share > 0.999) return '>99.9%';
  return `${(share * 100).toFixed(1).replace(/\.0$/, '')}%`;
}

/** Of an amount in the currency's minor unit: `€1,204.50`. A currency that is none is put behind it. */
export function money(minor: number, currency: string): string {
  return moneyInMajor(majorUnits(minor, currency.toLowerCase()), currency);
}

/** The same of an amount in major units. */
export function moneyInMajor(amount: number, currency: string): string {
  if (!/^[a-z]{3}$/i.test(currency)) return `${counted(amount)} ${currency}`.trim();
  const digits = Number.isInteger(amount) ? { minimumFractionDigits: 0 } : {};
  // No sign before nothing, which a negative zero would have.
  return new Intl.NumberFormat('en-US', { style: 'currency', currency, signDisplay: 'negative', ...digits })
    .format(amount)
    .replaceAll('\u00a0', ' ');
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** In the largest unit that fits, and the next while there are few of the first: `3 d 4 h`, `12 d`, `0.4 s`. */
export function duration(seconds: number): string {
  if (seconds < 1) return seconds <= 0 ? '0 s' : `${Math.max(0.1, Math.round(seconds * 10) / 10)} s`;
  const rounded = Math.round(seconds);
  const index = UNITS.findIndex(([, size]) => rounded >= size);
  const [unit, size] = UNITS[index] ?? UNITS[3];
  const next = UNITS[index + 1];
  const whole = Math.floor(rounded / size);
  if (next === undefined || whole >= 10) return `${counted(Math.round(rounded / size))} ${unit}`;
  const rest = Math.floor((rounded % size) / next[1]);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${next[0]}`;
}
