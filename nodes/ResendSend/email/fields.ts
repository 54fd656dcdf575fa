import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { itemParameter } from '../../shared/item-parameter';
import { requiredText } from '../../shared/parameters';

/** A parameter of the node: its name (with a dot where it is one of the options) and what the canvas calls it. */
export interface Field {
  name: string;
  displayName: string;
}

export interface Pair {
  name: string;
  value: string;
}

/** Whether somebody, or somebody's name before it in `<…>`, can be written to; Resend looks closer. */
const ADDRESS = /^(?:[^<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@"]+@[^\s<>@"]+)$/;
/** Commas, semicolons and line ends, unless in the quotes of a name. */
const SEPARATORS = /[,;\n](?=(?:[^"]*"[^"]*")*[^"]*$)/;
const LONGEST_QUOTE = 60;

/** A text as it is entered; empty when an expression in it found nothing. */
export function textIn(context: IExecuteFunctions, { name }: Field, itemIndex: number): string {
  const value = itemParameter(context, name, itemIndex, '');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The addresses in a field, none when it is empty. Throws a `NodeOperationError` for what is no address. */
export function addressesIn(context: IExecuteFunctions, field: Field, itemIndex: number): string[] {
  const value = itemParameter(context, field.name, itemIndex, '');
  const texts: string[] = Array.isArray(value)
    ? value.map(String)
    : textIn(context, field, itemIndex).split(SEPARATORS);
  const addresses = texts.map((text) => text.trim()).filter((text) => text !== '');
  for (const address of addresses) {
    if (isAddress(address)) continue;
    throw problem(
      context,
      itemIndex,
      `"${field.displayName}" has "${address.slice(0, LONGEST_QUOTE)}", which is no e-mail address. Enter it as ada@example.com or Ada <ada@example.com>, several with commas between.`,
    );
  }
  return addresses;
}

/** Whether it is one address, with or without a name before it. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text) && !/[\r\n]/.test(text);
}

/** As {@link addressesIn}, at least one. */
export function requiredAddressesIn(context: IExecuteFunctions, field: Field, itemIndex: number): string[] {
  const addresses = addressesIn(context, field, itemIndex);
  if (addresses.length > 0) return addresses;
  // Says that it is empty, in the words of every other field.
  return [requiredText(context, field.name, field.displayName, itemIndex)];
}

/** An object, entered as JSON or given by an expression; an empty one when there is none. */
export function objectIn(context: IExecuteFunctions, field: Field, itemIndex: number): IDataObject {
  const entered = itemParameter(context, field.name, itemIndex, '');
  if (entered === undefined || entered === null || entered === '') return {};
  const value = typeof entered === 'string' ? parsed(entered) : entered;
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { ...value } as IDataObject;
  throw problem(
    context,
    itemIndex,
    `"${field.displayName}" must be a JSON object, like { "firstName": "Ada" }. Correct it, or check that the expression in it fits the incoming item.`,
  );
}

/** The entries of a list of names and values that have a name; values may be numbers. */
export function entriesIn(
  context: IExecuteFunctions,
  { name }: Field,
  itemIndex: number,
): Array<{ name: string; value: unknown }> {
  const entered = itemParameter(context, name, itemIndex, []);
  const entries = (Array.isArray(entered) ? entered : []) as Array<{ name?: unknown; value?: unknown }>;
  return entries
    .map((entry) => ({ name: textOf(entry.name).trim(), value: entry.value }))
    .filter((entry) => entry.name !== '');
}

/** As {@link entriesIn}, all values as texts. */
export function pairsIn(context: IExecuteFunctions, field: Field, itemIndex: number): Pair[] {
  return entriesIn(context, field, itemIndex).map(({ name, value }) => ({
    name,
    value: textOf(value).trim(),
  }));
}

/** An http(s) address; `undefined` when the field is empty. */
export function urlIn(context: IExecuteFunctions, field: Field, itemIndex: number): string | undefined {
  const text = textIn(context, field, itemIndex).trim();
  if (text === '') return undefined;
  if (/^https?:\/\/[^\s<>]+$/i.test(text) && URL.canParse(text)) return text;
  throw problem(
    context,
    itemIndex,
    `"${field.displayName}" must be a web address, like https://example.com/unsubscribe?for=…`,
  );
}

/** What is wrong with a field of an item. */
export function problem(context: IExecuteFunctions, itemIndex: number, message: string): NodeOperationError {
  return new NodeOperationError(context.getNode(), message, { itemIndex });
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
