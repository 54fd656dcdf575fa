import { escapeHtml } from '../html';
import { nameOf } from './people';
import type { DiscordState } from './state';

/** The text of a message as HTML: mentions by name, and the most common of Discord's Markdown. */
export function htmlOfMarkup(text: string, state: DiscordState): string {
  return escapeHtml(text)
    .replace(/&lt;@!?(\d+)&gt;/g, (_, id: string) => mention(`@${nameOf(state, id)}`))
    .replace(/&lt;@&amp;(\d+)&gt;/g, (_, id: string) =>
      mention(`@${state.roles.get(id)?.name ?? 'deleted-role'}`),
    )
    .replace(/&lt;#(\d+)&gt;/g, (_, id: string) =>
      mention(`#${state.channels.get(id)?.name ?? 'deleted-channel'}`),
    )
    .replace(/\*\*([^*\n]+)\*\*/g, '<strong>$1</strong>')
    .replace(/`([^`\n]+)`/g, '<code>$1</code>');
}

function mention(name: string): string {
  return `<span class="mention">${escapeHtml(name)}</span>`;
}
