/** The link that people click. */
export function inviteUrl(code: string): string {
  return `https://discord.gg/${code}`;
}

/** The code in a link, or a code by itself; `undefined` when it is neither. */
export function inviteCode(linkOrCode: string): string | undefined {
  const link =
    /^(?:https?:\/\/)?(?:www\.)?(?:discord\.gg|discord(?:app)?\.com\/invite)\/([\w-]+)\/?(?:[?#].*)?$/i;
  const text = linkOrCode.trim();
  return link.exec(text)?.[1] ?? /^[\w-]+$/.exec(text)?.[0];
}
