/** The e-mail address alone, out of `Ada Lovelace <ada@example.com>` or as it stands, in lower case. */
export function bareAddress(recipient: string): string {
  return (/<([^<>]+)>\s*$/.exec(recipient)?.[1] ?? recipient).trim().toLowerCase();
}
