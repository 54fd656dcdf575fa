import {
  NodeHelpers,
  isExpression,
  type INodeParameters,
  type INodeProperties,
  type INodePropertyCollection,
  type INodePropertyOptions,
} from 'n8n-workflow';
import type { NodeView, Rule } from '../subject';

/** A property together with the value a node gives it. */
interface Given {
  path: string;
  property: INodeProperties;
  value: unknown;
}

interface Walk {
  given: Given[];
  unknown: string[];
}

export const knownParameters: Rule = ({ nodes }) =>
  nodes.flatMap((node) =>
    walkNode(node).unknown.map((path) => ({
      node: node.name,
      reason: `the parameter "${path}" is unknown, or has no effect beside the others`,
      advice: 'Remove it, or open the node in the editor and save it.',
    })),
  );

export const validParameters: Rule = ({ nodes }) =>
  nodes.flatMap((node) => {
    if (!node.description) return [];
    const { id, name, type, typeVersion, position } = node;
    const parameters = node.effective as INodeParameters;
    const issues = NodeHelpers.getNodeParametersIssues(
      node.description.properties,
      { id, name, type, typeVersion, position, parameters },
      node.description,
    );
    const missing = Object.values(issues?.parameters ?? {}).flat();
    const foreign = walkNode(node).given.flatMap(foreignChoices);
    return [...new Set([...missing, ...foreign])].map((reason) => ({
      node: node.name,
      reason,
      advice: 'Open the node in the editor and choose what it offers.',
    }));
  });

function walkNode(node: NodeView): Walk {
  if (!node.description) return { given: [], unknown: [] };
  return walk(node, node.description.properties, node.parameters, node.effective, '');
}

/** Goes through the parameters that are given, down to those in collections. */
function walk(
  node: NodeView,
  properties: readonly INodeProperties[],
  values: Record<string, unknown>,
  siblings: Record<string, unknown>,
  prefix: string,
): Walk {
  const walks = Object.entries(values).map(([name, value]): Walk => {
    const path = `${prefix}${name}`;
    const property = properties.find(
      (candidate) => candidate.name === name && isShown(node, candidate, siblings),
    );
    if (!property) return { given: [], unknown: [path] };
    const below = entriesBelow(property, value).map((entry) =>
      entry.properties
        ? walk(node, entry.properties, entry.values, withDefaults(entry), `${path}${entry.path}.`)
        : { given: [], unknown: [`${path}${entry.path}`] },
    );
    return merge([{ given: [{ path, property, value }], unknown: [] }, ...below]);
  });
  return merge(walks);
}

interface Entry {
  path: string;
  values: Record<string, unknown>;
  /** `undefined` when the collection has no such group. */
  properties: INodeProperties[] | undefined;
}

/** What the entry holds when n8n has filled in the parameters that it leaves out. */
function withDefaults({ properties = [], values }: Entry): Record<string, unknown> {
  return { ...Object.fromEntries(properties.map(({ name, default: value }) => [name, value])), ...values };
}

function entriesBelow(property: INodeProperties, value: unknown): Entry[] {
  if (property.type === 'collection') {
    const properties = property.options?.filter(isProperty) ?? [];
    return records(value).map(({ path, record }) => ({ path, values: record, properties }));
  }
  if (property.type !== 'fixedCollection' || !isRecord(value)) return [];
  const groups = property.options?.filter(isGroup) ?? [];
  return Object.entries(value).flatMap(([name, inner]) =>
    records(inner).map(({ path, record }) => ({
      path: `.${name}${path}`,
      values: record,
      properties: groups.find((group) => group.name === name)?.values,
    })),
  );
}

function records(value: unknown): Array<{ path: string; record: Record<string, unknown> }> {
  if (isRecord(value)) return [{ path: '', record: value }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown, index) =>
    isRecord(item) ? [{ path: `[${index}]`, record: item }] : [],
  );
}

function isShown(node: NodeView, property: INodeProperties, siblings: Record<string, unknown>): boolean {
  return NodeHelpers.displayParameter(
    siblings as INodeParameters,
    property,
    { typeVersion: node.typeVersion },
    node.description ?? null,
    node.effective as INodeParameters,
  );
}

/** Values that a fixed choice does not offer; lists that are filled at run time cannot be judged here. */
function foreignChoices({ path, property, value }: Given): string[] {
  if (property.type === 'resourceLocator') {
    const mode = isRecord(value) ? value.mode : undefined;
    const modes = property.modes?.map(({ name }) => name) ?? [];
    return typeof mode === 'string' && modes.includes(mode)
      ? []
      : [`"${path}" is not chosen in a way there is: ${modes.join(', ')}`];
  }
  if (property.type !== 'options' && property.type !== 'multiOptions') return [];
  const loaded = property.typeOptions?.loadOptionsMethod ?? property.typeOptions?.loadOptions;
  if (loaded !== undefined || isExpression(value)) return [];
  const offered = property.options?.filter(isOption).map((option) => option.value) ?? [];
  const chosen: unknown[] = Array.isArray(value) ? value : [value];
  return chosen
    .filter((choice) => !offered.some((option) => option === choice))
    .map((choice) => `"${path}" has no option ${JSON.stringify(choice)}; there are: ${offered.join(', ')}`);
}

type PropertyOption = INodePropertyOptions | INodeProperties | INodePropertyCollection;

const isProperty = (option: PropertyOption): option is INodeProperties => 'type' in option;
const isGroup = (option: PropertyOption): option is INodePropertyCollection => 'values' in option;
const isOption = (option: PropertyOption): option is INodePropertyOptions => 'value' in option;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(walks: readonly Walk[]): Walk {
  return {
    given: walks.flatMap(({ given }) => given),
    unknown: walks.flatMap(({ unknown }) => unknown),
  };
}
