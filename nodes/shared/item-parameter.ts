import type { IDataObject, IExecuteFunctions, NodeParameterValueType } from 'n8n-workflow';

/** An item, and whether all that was looked for in it could be read down its fields; else n8n has to say what it gives. */
interface Reading {
  json: IDataObject;
  isPlain: boolean;
}

/** Gives what stands for one item; `undefined` stands for nothing, as in n8n. */
type Resolver = (reading: Reading) => unknown;

/** `={{ $json.customer.email }}`, also with `?.`: what marketers get by dragging a field into a parameter. */
const REFERENCE = /^=\s*\{\{\s*\$json((?:\??\.[A-Za-z_][A-Za-z0-9_]*)+)\s*\}\}\s*$/;

/** By node run and parameter; `undefined` for one that n8n has to evaluate. */
const resolvers = new WeakMap<IExecuteFunctions, Map<string, Resolver | undefined>>();

/**
 * The value of a parameter for one item, as n8n's `getNodeParameter` gives it. n8n evaluates each expression of each item in
 * an isolate, which costs a run of many items more than all else together; what is a plain reference to a field of the
 * item, or no expression at all, is looked up here instead.
 */
export function itemParameter(
  context: IExecuteFunctions,
  name: string,
  itemIndex: number,
  fallback?: NodeParameterValueType,
): unknown {
  const resolve = resolverFor(context, name, fallback);
  const json = context.getInputData()[itemIndex]?.json;
  if (resolve && json) {
    const reading = { json, isPlain: true };
    const value = resolve(reading);
    if (reading.isPlain) return value;
  }
  return context.getNodeParameter(name, itemIndex, fallback);
}

function resolverFor(
  context: IExecuteFunctions,
  name: string,
  fallback: NodeParameterValueType | undefined,
): Resolver | undefined {
  const known = resolvers.get(context) ?? new Map<string, Resolver | undefined>();
  resolvers.set(context, known);
  if (!known.has(name)) {
    known.set(name, resolverOf(context.getNodeParameter(name, 0, fallback, { rawExpressions: true })));
  }
  return known.get(name);
}

function resolverOf(raw: unknown): Resolver | undefined {
  if (typeof raw === 'string' && raw.startsWith('=')) return referenceIn(raw);
  if (Array.isArray(raw)) {
    const parts = resolversOf(raw);
    return parts && ((reading) => parts.map((resolve) => resolve(reading)));
  }
  if (typeof raw === 'object' && raw !== null) {
    const names = Object.keys(raw);
    const parts = resolversOf(Object.values(raw));
    return (
      parts &&
      ((reading) => Object.fromEntries(names.map((name, position) => [name, parts[position]?.(reading)])))
    );
  }
  return () => raw;
}

/** All of them, or nothing when one has to be evaluated. */
function resolversOf(raws: readonly unknown[]): Resolver[] | undefined {
  const found = raws.flatMap((raw) => resolverOf(raw) ?? []);
  return found.length === raws.length ? found : undefined;
}

function referenceIn(expression: string): Resolver | undefined {
  const path = REFERENCE.exec(expression)?.[1]?.split(/\??\./).slice(1);
  return (
    path && ((reading) => path.reduce<unknown>((value, name) => fieldOf(value, name, reading), reading.json))
  );
}

function fieldOf(value: unknown, name: string, reading: Reading): unknown {
  if (value === undefined || value === null) return undefined;
  const isRecord = typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
  // What every object has (`constructor`), n8n refuses or gives in its own way.
  if (isRecord && !(name in Object.prototype)) return (value as IDataObject)[name];
  reading.isPlain = false;
  return undefined;
}
