import { DateTime, type DateTimeOptions } from 'luxon';

/** The directives of `strftime` that a template can use, in luxon's words. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  a: 'ccc',
  A: 'cccc',
  b: 'LLL',
  B: 'LLLL',
  d: 'dd',
  '-d': 'd',
  e: 'd',
  F: 'yyyy-LL-dd',
  H: 'HH',
  '-H': 'H',
  I: 'hh',
  '-I': 'h',
  j: 'ooo',
  l: 'h',
  m: 'LL',
  '-m': 'L',
  M: 'mm',
  p: 'a',
  R: 'HH:mm',
  S: 'ss',
  T: 'HH:mm:ss',
  y: 'yy',
  Y: 'yyyy',
  z: 'ZZZ',
  Z: 'z',
};
const DEFAULT_FORMAT = '%-d %B %Y';
const LONGEST_FORMAT = 200;

/**
 * A date as Liquid's `date` filter writes it, by default `5 March 2026`, in English. What is no date is missing: ''.
 * A date without a time, or a time without a zone, is meant in this time zone. Throws an `Error` for an unknown directive.
 */
export function formatDate(value: unknown, format: unknown, timeZone: string): string {
  const date = readDate(value, timeZone);
  if (!date?.isValid) return '';
  const pattern = typeof format === 'string' && format !== '' ? format : DEFAULT_FORMAT;
  if (pattern.length > LONGEST_FORMAT) throw new Error('the format of the date is too long');
  return pattern.replace(/%(-?.)/gsu, (directive, name: string) => {
    if (name === '%') return '%';
    const token = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined;
    if (token === undefined) {
      const known = Object.keys(DIRECTIVES).map((each) => `%${each}`);
      throw new Error(`the date has no "${directive}"; it has ${known.join(' ')}`);
    }
    return date.toFormat(token);
  });
}

/** The zone itself, or UTC when there is none of this name. */
export function knownTimeZone(timeZone: string): string {
  return DateTime.fromMillis(0, { zone: timeZone }).isValid ? timeZone : 'utc';
}

function readDate(value: unknown, timeZone: string): DateTime | undefined {
  const options: DateTimeOptions = { zone: knownTimeZone(timeZone), locale: 'en-US' };
  if (typeof value === 'number') return DateTime.fromSeconds(value, options);
  if (typeof value !== 'string') return undefined;
  if (/^\d{9,11}$/.test(value)) return DateTime.fromSeconds(Number(value), options);
  return DateTime.fromISO(value.trim().replace(' ', 'T'), options);
}
