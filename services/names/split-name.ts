const FAMILY_NAME_FIRST = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\s・ー]+$/u;

export interface PersonName {
  first: string;
  /** '' when the name is a single word. */
  last: string;
}

/**
 * First and last name out of a full one: the last word is the last name, except in Chinese, Japanese and Korean
 * script, where the first word is. Nothing is made up: a single word is the first name, no name gives `undefined`.
 * Markup, and an address in angle brackets, are no part of a name.
 */
export function splitName(fullName: string | null | undefined): PersonName | undefined {
  const words = (fullName ?? '')
    .replace(/<[^>]*>|[<>]/g, ' ')
    .split(/\s+/u)
    .filter(Boolean);
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  if (FAMILY_NAME_FIRST.test(words.join(' ')) && rest.length > 0) {
    return { first: rest.join(' '), last: first };
  }
  const last = rest.pop() ?? '';
  return { first: [first, ...rest].join(' '), last };
}
