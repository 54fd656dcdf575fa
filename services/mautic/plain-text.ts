const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};
const ENTITY = /&(?:#(\d{2,7})|#x([\da-f]{2,6})|([a-z]+));/gi;
const HIGHEST_CODE_POINT = 0x10ffff;

/** HTML entities as the characters that they stand for: the numeric ones and the usual names. */
export function decodeEntities(text: string): string {
  return text.replace(ENTITY, (entity, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? entity;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return code >= 32 && code <= HIGHEST_CODE_POINT ? String.fromCodePoint(code) : entity;
  });
}

/**
 * What Mautic's input filter (`InputHelper::_`) leaves alone: without tags, also those that only come about by decoding,
 * and without a `<` that nothing closes, behind which Mautic would cut text off.
 */
export function withoutMarkup(text: string): string {
  let stripped = text;
  for (let before = ''; before !== stripped;) {
    before = stripped;
    stripped = decodeEntities(before).replace(/<[^>]*>/g, '');
  }
  return stripped.replaceAll('<', '').trim();
}
