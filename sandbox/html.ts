const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it may stand in HTML, in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A table of cells that are HTML already, or `empty` as a sentence when there are no rows. */
export function htmlTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  empty: string,
): string {
  if (rows.length === 0) return `<p class="empty">${escapeHtml(empty)}</p>`;
  const head = headings.map((heading) => `<th>${escapeHtml(heading)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

export type BadgeTone = 'plain' | 'good' | 'warn' | 'bad';

/** A short state, e.g. `redeemed`. */
export function htmlBadge(text: string, tone: BadgeTone = 'plain'): string {
  return `<span class="badge ${tone}">${escapeHtml(text)}</span>`;
}

/** A moment (ISO 8601), shown as the time of day; the page's script turns it into the reader's own time zone. */
export function htmlTime(at: string): string {
  return `<time datetime="${escapeHtml(at)}">${escapeHtml(at.slice(11, 19))} UTC</time>`;
}
