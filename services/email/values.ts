import type { Context } from 'liquidjs';

/**
 * Characters of Unicode's private use area stand for the values while the text around them is read as Markdown, so that
 * nothing in a value can be read as Markdown, HTML or Liquid.
 */
const FIRST_MARK = 0xe000;
const MOST_VALUES = 0xf8ff - FIRST_MARK + 1;
const MARKS = /[\uE000-\uF8FF]/g;
const MOST_LETTERS = 200_000;
const REGISTER = 'values';

/** What a template puts out, in the order in which it does. */
export class Values {
  private readonly list: string[] = [];
  private letters = 0;

  /** The mark that stands for it. Throws an `Error` that says why it cannot be put out. */
  add(value: unknown): string {
    const text = cleaned(textOf(value));
    this.letters += text.length;
    if (this.list.length >= MOST_VALUES || this.letters > MOST_LETTERS) {
      throw new Error('it puts out more than a mail can hold');
    }
    this.list.push(text);
    return String.fromCharCode(FIRST_MARK + this.list.length - 1);
  }

  of(mark: string): string {
    return this.list[mark.charCodeAt(0) - FIRST_MARK] ?? '';
  }

  /** The text with the values in the place of their marks, each by `as`. */
  fill(text: string, as: (value: string) => string = (value) => value): string {
    return text.replace(MARKS, (mark) => as(this.of(mark)));
  }
}

/** A mark for places where there are no values yet. */
export const ANY_MARK = String.fromCharCode(FIRST_MARK);

export function hasMarks(text: string): boolean {
  return text.search(MARKS) !== -1;
}

/** Those that a context puts out. */
export function valuesOf(context: Context): Values {
  const kept = context.getRegister<Values | undefined>(REGISTER, undefined);
  if (kept instanceof Values) return kept;
  const values = new Values();
  context.setRegister(REGISTER, values);
  return values;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
  if (typeof value === 'object') throw new Error('an object cannot be put out; name one of its fields');
  return String(value);
}

/** All but plain, printable ASCII without two blanks in a row. */
const UNCLEAN = /[^ -~]| {2}/;
/** Those that turn the direction of the text around them. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/g;
const CONTROL = /\p{Cc}|[\uFFFE\uFFFF]/gu;

/** On one line, without what is not to be seen but changes what is. */
export function cleaned(text: string): string {
  if (!UNCLEAN.test(text)) return text;
  return text
    .replace(/[\s\u0085]+/gu, ' ')
    .replace(CONTROL, '')
    .replace(DIRECTION, '')
    .replace(/\p{Cs}/gu, '\uFFFD');
}
