export interface EmailText {
  /** Plain text. */
  preheader: string;
  /** HTML. */
  content: string;
  /** Address that the links begin with, with or without a slash at its end. */
  website: string;
}

/**
 * An e-mail's HTML: `{preheader}` and `{content}` of the layout, and then `{website}`, replaced, and every character beyond
 * ASCII as an entity, so that no transport and no filter on the way can spoil it. All other tokens are left to Mautic.
 */
export function frame(layout: string, { preheader, content, website }: EmailText): string {
  return layout
    .replaceAll('{preheader}', () => escaped(preheader))
    .replaceAll('{content}', () => content.trim())
    .replaceAll('{website}', () => escaped(website.trim().replace(/\/+$/, '')))
    .replace(/[^\t\r\n -~]/gu, (character) => `&#${character.codePointAt(0)};`);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
