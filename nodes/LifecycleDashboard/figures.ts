import { linked } from './cells';
import { markup, type Content, type Html } from './html';

/** A number that stands out, with the rows behind it and what it has to be seen beside. */
export interface Figure {
  label: string;
  value: Content;
  href?: string | undefined;
  note?: Content;
  tone?: 'bad' | 'warn' | undefined;
}

export function figures(all: readonly Figure[]): Html {
  return markup`<dl class="figures">
${all.map(
  ({ label, value, href, note, tone }) =>
    markup`<div class="${tone ?? ''}"><dt>${label}</dt><dd><strong>${linked(value, href)}</strong>${note !== undefined && note !== false && markup` <small>${note}</small>`}</dd></div>\n`,
)}</dl>
`;
}

/** What stands where nothing is to be shown yet: what is so, and what to do next. */
export function emptyState(content: Content): Html {
  return markup`<p class="empty">${content}</p>\n`;
}

/** What only some look for. It stands open in print. */
export function more(summary: string, content: Content): Html {
  return markup`<details><summary>${summary}</summary>
${content}</details>
`;
}
