import { markup, NOTHING, theirs, type Content, type Html } from './html';
import type { Share } from './interval';
import { counted, money, percent } from './numbers';
import type { Cell } from './table';
import { moment } from './times';
import { majorUnits } from '../../store';

/** Words of ours. */
export function words(text: string, href?: string): Cell {
  return { shown: linked(text, href), value: text };
}

/** Text of others, such as names, subjects and errors. */
export function text(given: string | null, href?: string): Cell {
  return { shown: given === null ? NOTHING : linked(theirs(given), href), value: given };
}

/** A count with its rows behind it. Nothing is linked for none. */
export function count(value: number | null, href?: string): Cell {
  if (value === null) return { shown: NOTHING, value };
  return { shown: linked(counted(value), value === 0 ? undefined : href), value };
}

/** A count, and how much that is of another. */
export function countWithShare({ part, whole }: Share, href?: string): Cell {
  const share = whole > 0 && markup` <small>${percent(part / whole)}</small>`;
  return { shown: markup`${count(part, href).shown}${share}`, value: part };
}

/** A share with what it is of; in a file a number from 0 to 1. */
export function shareOf({ part, whole }: Share, of = ''): Cell {
  if (whole <= 0) return { shown: NOTHING, value: null };
  return {
    shown: markup`${percent(part / whole)} <small>of ${counted(whole)}${of && ` ${of}`}</small>`,
    value: Math.round((part / whole) * 10_000) / 10_000,
  };
}

/** An amount in minor units; in a file a number in major ones. */
export function amount(minor: number | null, currency: string, href?: string): Cell {
  if (minor === null) return { shown: NOTHING, value: null };
  return {
    shown: linked(money(minor, currency), minor === 0 ? undefined : href),
    value: majorUnits(minor, currency.toLowerCase()),
  };
}

export function time(iso: string | null): Cell {
  return { shown: moment(iso), value: iso };
}

export function badge(label: string, tone: Tone): Cell {
  return { shown: badgeHtml(label, tone), value: label };
}

export type Tone = 'good' | 'plain' | 'warn' | 'bad';

export function badgeHtml(label: Content, tone: Tone): Html {
  return markup`<span class="badge ${tone}">${label}</span>`;
}

export function linked(content: Content, href: string | undefined): Content {
  return href === undefined ? content : markup`<a href="${href}">${content}</a>`;
}
