import { addressOf } from './address';
import { isRightToLeft, isolated } from './direction';
import { escapeHtml } from './escape';
import { hasMarks, type Values } from './values';

/** A piece of a mail that waits for its values. */
export type Piece = string | ((values: Values) => string);

/** What stands on a line, as HTML and as plain text. */
export interface Inline {
  html: Piece;
  text: Piece;
}

export function join(pieces: readonly Piece[]): Piece {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = last + piece;
    else joined.push(piece);
  }
  const [first = '', ...others] = joined;
  if (others.length === 0) return first;
  return (values) => joined.reduce<string>((text, piece) => text + filled(piece, values), '');
}

export function filled(piece: Piece, values: Values): string {
  return typeof piece === 'string' ? piece : piece(values);
}

/** Text from a template, with marks. */
export function textPiece(text: string): Inline {
  const html = escapeHtml(text);
  if (!hasMarks(text)) return { html, text };
  return {
    html: (values) => values.fill(html, htmlOf),
    text: (values) => values.fill(text, isolated),
  };
}

/** Within the quotes of an attribute. */
export function attributePiece(text: string): Piece {
  const html = escapeHtml(text);
  return hasMarks(text) ? (values) => values.fill(html, (value) => escapeHtml(isolated(value))) : html;
}

/** A link; what it says without one when there is nothing to link to. A button makes no sense then, and is left out. */
export function linkPiece(address: string, { html, text }: Inline, isButton: boolean): Inline {
  const within = (values: Values) => (isButton ? '' : filled(html, values));
  const style = isButton ? ' class="button"' : '';
  return {
    html: (values) => {
      const target = addressOf(address, 'link', values);
      if (target === undefined) return within(values);
      return `<a${style} href="${escapeHtml(target)}">${filled(html, values)}</a>`;
    },
    text: (values) => {
      const target = addressOf(address, 'link', values);
      const said = filled(text, values);
      if (target === undefined) return isButton ? '' : said;
      const plain = target.replace(/^mailto:/i, '');
      if (said === '' || said === target || said === plain) return plain;
      return isButton ? `${said}: ${plain}` : `${said} (${plain})`;
    },
  };
}

export function imagePiece(address: string, alternative: string): Inline {
  const [alt, { text }] = [attributePiece(alternative), textPiece(alternative)];
  return {
    html: (values) => {
      const source = addressOf(address, 'image', values);
      return source === undefined ? '' : `<img src="${escapeHtml(source)}" alt="${filled(alt, values)}">`;
    },
    text,
  };
}

function htmlOf(value: string): string {
  const html = escapeHtml(value);
  return isRightToLeft(value) ? `<bdi>${html}</bdi>` : html;
}
