import { textsIn, type Rule } from '../subject';

/** Names that stand for an address that a credential or a sandbox fills in (RFC 2606). */
const RESERVED = /\.invalid$/;
const HOST = /\b(?:https?|wss?|postgres(?:ql)?|redis|amqp|mqtt):\/\/([^\s/"'`<>(){}[\]$,]+)/gi;
const LOCAL = /\blocalhost\b|\b\d{1,3}(?:\.\d{1,3}){3}\b/i;
const BARE_HOST =
  /^(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|eu|de|fr|at|ch|uk|co|ai|cloud|local|internal)$/i;
const EMAIL = /[\w.+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+/i;
const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/i;
const HEX_ID = /\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])(?:[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{40})\b/i;
const DIGITS_ID = /^\d{5,}$|\b\d{10,}\b/;
/** The way Stripe, and others like it, write ids. */
const PREFIXED_ID = /\b(?:acct|cs|cus|evt|in|pi|price|prod|promo|si|sub|we)_(?=\w*\d)\w{8,}\b/;
/** Parameters named as ids. */
const ID_NAME = /(?:^id|[a-z]Ids?|_ids?)(?:\[\d+\])?$/;

/** The same file has to work in staging and in production. */
export const noEnvironmentIds: Rule = ({ workflow }) =>
  workflow.nodes.flatMap((node) => {
    const findings = [
      ...textsIn(node.parameters, '').flatMap(({ path, text }) => inText(path, text)),
      ...numbersIn(node.parameters, ''),
      ...locatorsIn(node.parameters, ''),
    ];
    return [...new Set(findings)].map((reason) => ({
      node: node.name,
      reason,
      advice: 'Find the object by its name, or keep the address in a credential.',
    }));
  });

function inText(path: string, text: string): string[] {
  const hosts = [...text.matchAll(HOST)].flatMap(([, host = '']) => (RESERVED.test(host) ? [] : [host]));
  const isId =
    UUID.test(text) ||
    HEX_ID.test(text) ||
    DIGITS_ID.test(text) ||
    PREFIXED_ID.test(text) ||
    (ID_NAME.test(path) && /^\d+$/.test(text));
  return [
    ...(hosts.length > 0 || LOCAL.test(text) || BARE_HOST.test(text) ? [`"${path}" names a host`] : []),
    ...(EMAIL.test(text) ? [`"${path}" holds an e-mail address`] : []),
    ...(isId ? [`"${path}" holds an id that belongs to one environment`] : []),
  ];
}

function numbersIn(value: unknown, path: string): string[] {
  if (typeof value === 'number') {
    return ID_NAME.test(path) || value >= 1e9
      ? [`"${path}" holds an id that belongs to one environment`]
      : [];
  }
  return entriesOf(value).flatMap(([key, inner]) => numbersIn(inner, path ? `${path}.${key}` : key));
}

/** What was picked by id, and entries of a list that the node knows by a number. */
function locatorsIn(value: unknown, path: string): string[] {
  if (typeof value === 'object' && value !== null && '__rl' in value) {
    const { mode, value: chosen } = value as { mode?: unknown; value?: unknown };
    const text = String(chosen ?? '');
    const isFixed = text !== '' && !text.startsWith('=');
    return isFixed && (mode === 'id' || mode === 'url' || /^\d+$/.test(text))
      ? [`"${path}" is chosen by an id that belongs to one environment`]
      : [];
  }
  return entriesOf(value).flatMap(([key, inner]) => locatorsIn(inner, path ? `${path}.${key}` : key));
}

function entriesOf(value: unknown): Array<[string, unknown]> {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
