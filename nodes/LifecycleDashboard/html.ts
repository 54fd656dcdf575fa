import { escapeHtml } from '../../services/email';

/** Markup that may stand in a page as it is. Only {@link markup} and {@link trusted} make it. */
export class Html {
  constructor(readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

/** What can stand between pieces of markup. Text and numbers are escaped, and nothing stands for what is not there. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** Markup as written, with everything that is put into it escaped unless it is markup already. */
export function markup(pieces: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(pieces.map((piece, index) => piece + markupOf(contents[index])).join(''));
}

/** For what a program of ours has made, and no text of anybody is in but escaped. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** Embeddings, overrides and isolates that turn the direction of what follows them. */
const DIRECTION_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of others for where no markup can keep its direction to itself: titles, attributes, charts. */
export function plain(text: string): string {
  return text.replace(DIRECTION_CONTROLS, '');
}

/** Text of others, which cannot turn the direction of what stands around it. */
export function theirs(text: string | null): Html {
  return text === null || text === '' ? NOTHING : markup`<bdi>${text}</bdi>`;
}

/** Stands where nothing is known or applies. */
export const NOTHING = markup`<span class="nothing">—</span>`;

function markupOf(content: Content): string {
  if (content instanceof Html) return content.markup;
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  if (content === null || content === undefined || content === false) return '';
  return content.map(markupOf).join('');
}
