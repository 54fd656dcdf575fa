/**
 * Key under which MySQL's `utf8mb4_unicode_ci`, the collation of Shopware's and Mautic's tables, takes two texts for
 * the same: case, accents and trailing blanks do not count.
 */
export function collationKey(text: string): string {
  const plain = isAscii(text) ? text : text.normalize('NFD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss');
  return plain.toLowerCase().replace(/ +$/, '');
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
