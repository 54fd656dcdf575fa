import { splitName } from '../names';

/** Longest first or last name that every version of Mautic stores (its default `charLengthLimit`). */
const LONGEST = 64;

/** Values of the fields `firstname` and `lastname`, either '' when there is none. */
export interface ContactName {
  firstname: string;
  lastname: string;
}

/** The full name as Mautic keeps it; `undefined` when there is none. */
export function contactName(fullName: string | null | undefined): ContactName | undefined {
  const name = splitName(fullName);
  return name && { firstname: cut(name.first), lastname: cut(name.last) };
}

/** By code points, so that no character is cut in half. */
function cut(name: string): string {
  return [...name].slice(0, LONGEST).join('');
}
