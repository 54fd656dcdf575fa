import type { Mail } from './state';

const HIDDEN = /<(div|span|p|td)\b[^>]*\bstyle="[^"]*display:\s*none[^"]*"[^>]*>([\s\S]*?)<\/\1>/i;
/** What fills up a preheader so that nothing of the text follows it in a list of mails. */
const FILLING = /\u00ad|\u034f|\u061c|[\u200b-\u200f]|\u2007|\u2060|\ufeff/g;
const LONGEST_PREHEADER = 160;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  zwnj: '\u200c',
  zwj: '\u200d',
  shy: '\u00ad',
};

/** What a list of mails shows behind the subject: what is hidden in the HTML for that, else how the text begins. */
export function preheaderOf({ html, text }: Mail): string {
  const hidden = html === null ? undefined : HIDDEN.exec(html)?.[2];
  const shown =
    (hidden === undefined ? '' : plain(hidden)) || squeezed(text ?? '') || plain(bodyOf(html ?? ''));
  return shown.length > LONGEST_PREHEADER ? `${shown.slice(0, LONGEST_PREHEADER).trimEnd()}…` : shown;
}

/** The addresses that the mail links to, each once, in the order in which they come. */
export function linksOf({ html, text }: Mail): string[] {
  const found =
    html === null
      ? [...(text ?? '').matchAll(/https?:\/\/[^\s<>"')\]]+/g)].map(([link]) => link)
      : [...html.matchAll(/<a\b[^>]*\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(([, one, other]) =>
          decoded(one ?? other ?? ''),
        );
  return [...new Set(found.filter((link) => /^https?:\/\//.test(link)))];
}

/** Where the mail says one can unsubscribe by one click (RFC 8058); undefined when it does not. */
export function oneClickAddressOf({ headers }: Mail): string | undefined {
  const header = (name: string): string =>
    Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1] ?? '';
  if (header('list-unsubscribe-post').replace(/\s/g, '') !== 'List-Unsubscribe=One-Click') return undefined;
  return /<\s*(https?:\/\/[^>\s]+)\s*>/.exec(header('list-unsubscribe'))?.[1];
}

function bodyOf(html: string): string {
  return html.replace(/<(head|style|script)\b[\s\S]*?<\/\1>/gi, ' ');
}

function plain(html: string): string {
  return squeezed(decoded(html.replace(/<[^>]*>/g, ' ')));
}

function squeezed(text: string): string {
  return text.replace(FILLING, '').replace(/\s+/g, ' ').trim();
}

function decoded(html: string): string {
  return html.replace(
    /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]+));/gi,
    (whole, decimal, hexadecimal, name) => {
      if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? whole;
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hexadecimal), 16);
      return String.fromCodePoint(code);
    },
  );
}
