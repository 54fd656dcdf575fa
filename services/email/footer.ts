import { addressOf } from './address';
import type { EmailData } from './email';
import { escapeHtml } from './escape';
import { Values } from './values';

export interface Footer {
  html: string;
  text: string;
}

const NO_VALUES = new Values();

/** How to get no more mails, or others; empty when neither link is given. */
export function footerOf({ unsubscribe, preferences }: EmailData['links']): Footer {
  const links = [
    { label: 'E-mail preferences', address: usable(preferences) },
    { label: 'Unsubscribe', address: usable(unsubscribe) },
  ].flatMap(({ label, address }) => (address === undefined ? [] : [{ label, address }]));
  if (links.length === 0) return { html: '', text: '' };
  const anchors = links.map(({ label, address }) => `<a href="${escapeHtml(address)}">${label}</a>`);
  const lines = links.map(({ label, address }) => `${label}: ${address}`);
  return {
    html: `<p style="margin:0;">${anchors.join(' &middot; ')}</p>`,
    text: ['', '--', ...lines, ''].join('\n'),
  };
}

function usable(address: string | null): string | undefined {
  return address === null ? undefined : addressOf(address, 'link', NO_VALUES);
}
