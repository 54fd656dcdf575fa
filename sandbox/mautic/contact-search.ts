import { collationKey } from '../collation';
import { isEmpty } from './php';
import type { Contact, MauticState } from './state';
import { isLike } from './where';

interface Term {
  command: string;
  text: string;
  strict: boolean;
  negated: boolean;
}

const CATCH_ALL = ['firstname', 'lastname', 'email', 'company', 'city', 'state', 'zipcode', 'country'];

/**
 * Mautic's search language, as far as it is of use for finding contacts: terms between blanks, all of which have to
 * hold; `email:a@b` finds addresses that begin so, `email:+a@b` that one address (with `_` and `%` as wildcards).
 */
export function matchesSearch(state: MauticState, contact: Contact, search: string): boolean {
  return parseTerms(search).every((term) => matchesTerm(state, contact, term) !== term.negated);
}

function parseTerms(search: string): Term[] {
  return [...search.matchAll(/(!?)(?:([\w]+):)?(?:"([^"]*)"|(\S+))/g)].map((match) => {
    const [, not = '', command = '', quoted, plain = ''] = match;
    const raw = (quoted ?? plain).toLowerCase();
    const marks = /^[+!]{0,2}/.exec(raw)?.[0] ?? '';
    return {
      command,
      text: raw.slice(marks.length),
      strict: marks.includes('+'),
      negated: not !== '' || marks.includes('!'),
    };
  });
}

function matchesTerm(state: MauticState, contact: Contact, { command, text, strict }: Term): boolean {
  const value = (alias: string): string => String(contact.fields[alias] ?? '');
  const pattern = strict ? text : `${text}%`;
  switch (command) {
    case '':
      return CATCH_ALL.some((alias) => isLike(value(alias), strict ? text : `%${text}%`));
    case 'ids':
      return text.split(',').includes(String(contact.id));
    case 'is':
      return text === 'anonymous' && contact.dateIdentified === null;
    case 'name':
      return isLike(value('firstname'), pattern) || isLike(value('lastname'), pattern);
    case 'segment':
      return contact.segments.some((id) => state.segments.get(id)?.alias === text);
    case 'tag':
      return contact.tags.some(({ tag }) => collationKey(tag) === collationKey(text));
    default:
      if (state.field(command)) return !isEmpty(value(command)) && isLike(value(command), pattern);
      return CATCH_ALL.some((alias) => isLike(value(alias), `${command}:${text}`));
  }
}
