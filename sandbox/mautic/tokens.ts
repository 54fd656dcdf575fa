import type { ShapedValues } from './contact-json';

const CONTACT_FIELD = /(?:\{|%7B)contactfield=(.*?)(?:\}|%7D)/g;

/**
 * An e-mail's text with its tokens replaced: `{contactfield=alias}`, with what to take instead after a `|`, and the
 * tokens of the call or of the system, which are given with their braces. All others stay as they are. Values go in
 * as they are, without being escaped.
 */
export function replaceTokens(
  content: string,
  contact: ShapedValues,
  tokens: Readonly<Record<string, string>>,
): string {
  const withFields = content.replace(CONTACT_FIELD, (_token, match: string) => {
    const [alias = '', fallback = ''] = match.split('|');
    const value = contact[alias];
    const text = value === null || value === undefined ? '' : String(value);
    if (fallback === 'true') return encodeURIComponent(text);
    return text === '' ? fallback : text;
  });
  return Object.entries(tokens).reduce(
    (text, [token, value]) => text.replaceAll(token, () => value),
    withFields,
  );
}
