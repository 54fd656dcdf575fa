/** Longest first or last name that every version of Mautic stores (its default `charLengthLimit`). */
const LONGEST = 64;

const FAMILY_NAME_FIRST = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\s・ー]+$/u;

export interface PersonName {
  firstname: string;
  /** '' when the name is a single word. */
  lastname: string;
}

/**
 * First and last name out of a full one: the last word is the last name, except in Chinese, Japanese and Korean
 * script, where the first word is. Nothing is made up: a single word is the first name, no name gives `undefined`.
 */
export function splitName(fullName: string | null | undefined): PersonName | undefined {
  // Mautic strips whatever looks like a tag.
  const words = (fullName ?? '').replace(/[<>]/g, ' ').split(/\s+/u).filter(Boolean);
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  if (FAMILY_NAME_FIRST.test(words.join(' ')) && rest.length > 0) {
    return { firstname: cut(rest.join(' ')), lastname: cut(first) };
  }
  const last = rest.pop() ?? '';
  return { firstname: cut([first, ...rest].join(' ')), lastname: cut(last) };
}

/** By code points, so that no character is cut in half. */
function cut(name: string): string {
  return [...name].slice(0, LONGEST).join('');
}
