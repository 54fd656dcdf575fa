/**
 * An amount in the minor unit of its currency (ISO 4217), as payment providers give it, as it is read: `€19.00`, `¥1,900`,
 * `KWD 1.900`. What is no amount, or has no such currency, is missing: ''.
 */
export function formatMoney(minor: unknown, currency: unknown): string {
  const amount = typeof minor === 'string' && minor.trim() !== '' ? Number(minor) : minor;
  if (typeof amount !== 'number' || !Number.isFinite(amount)) return '';
  if (typeof currency !== 'string' || !/^[a-z]{3}$/i.test(currency)) return '';
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits).replaceAll('\u00a0', ' ');
}
