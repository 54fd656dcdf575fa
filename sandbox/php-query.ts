export type PhpValue = string | PhpValue[] | { [key: string]: PhpValue };

/**
 * A query string as PHP reads it: `where[0][col]=email` nests, `ids[]=1` appends, the last of equal names wins.
 * PHP arrays with keys 0, 1, 2 … become arrays, all others objects.
 */
export function parsePhpQuery(query: Iterable<[string, string]>): Record<string, PhpValue> {
  const root = new Map<string, PhpNode>();
  for (const [name, value] of query) assign(root, segmentsOf(name), value);
  return Object.fromEntries([...root].map(([key, node]) => [key, toValue(node)]));
}

type PhpNode = string | Map<string, PhpNode>;

/** `where[0][col]` becomes `where`, `0`, `col`; an empty pair of brackets becomes an empty segment. */
function segmentsOf(name: string): string[] {
  const bracket = name.indexOf('[');
  if (bracket < 1) return [mangle(name)];
  const rest = [...name.slice(bracket).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '');
  return [mangle(name.slice(0, bracket)), ...rest];
}

/** PHP variable names hold neither dots nor blanks. */
function mangle(name: string): string {
  return name.replace(/[. ]/g, '_');
}

function assign(node: Map<string, PhpNode>, segments: string[], value: string): void {
  const [segment = '', ...rest] = segments;
  const key = segment === '' ? String(node.size) : segment;
  if (rest.length === 0) {
    node.set(key, value);
    return;
  }
  const existing = node.get(key);
  const child = existing instanceof Map ? existing : new Map<string, PhpNode>();
  node.set(key, child);
  assign(child, rest, value);
}

function toValue(node: PhpNode): PhpValue {
  if (typeof node === 'string') return node;
  const entries = [...node].map(([key, child]): [string, PhpValue] => [key, toValue(child)]);
  const isList = entries.every(([key], index) => key === String(index));
  return isList ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}
