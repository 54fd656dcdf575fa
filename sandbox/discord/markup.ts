import { escapeHtml } from '../html';
import { nameOf } from './people';
import type { DiscordState } from './state';

/** Punctuation behind a backslash stands for itself; meanwhile it is kept as its code behind a mark. */
const ESCAPED = /\\([!-/:-@[-`{-~])/g;
const KEPT = /\uE000([\da-f]{4})/g;

/** The text of a message as HTML: mentions by name, times, and the most common of Discord's Markdown. */
export function htmlOfMarkup(text: string, state: DiscordState): string {
  const kept = text.replace(
    ESCAPED,
    (_, character: string) => `\uE000${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return escapeHtml(kept)
    .replace(/&lt;@!?(\d+)&gt;/g, (_, id: string) => mention(`@${nameOf(state, id)}`))
    .replace(/&lt;@&amp;(\d+)&gt;/g, (_, id: string) =>
      mention(`@${state.roles.get(id)?.name ?? 'deleted-role'}`),
    )
    .replace(/&lt;#(\d+)&gt;/g, (_, id: string) =>
      mention(`#${state.channels.get(id)?.name ?? 'deleted-channel'}`),
    )
    .replace(/&lt;t:(\d{1,11})(?::[tTdDfFR])?&gt;/g, (_, seconds: string) => timeOf(Number(seconds)))
    .replace(/\*\*([^*\n]+)\*\*/g, '<strong>$1</strong>')
    .replace(/`([^`\n]+)`/g, '<code>$1</code>')
    .replace(KEPT, (_, code: string) => escapeHtml(String.fromCharCode(parseInt(code, 16))));
}

/** In UTC, until the page's script has put the reader's own time in its place. */
function timeOf(seconds: number): string {
  const moment = new Date(seconds * 1000).toISOString();
  return `<time datetime="${moment}">${moment.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

function mention(name: string): string {
  return `<span class="mention">${escapeHtml(name)}</span>`;
}
