import { isDeepStrictEqual } from 'node:util';
import {
  NodeHelpers,
  type INodeParameters,
  type INodeProperties,
  type INodeTypeDescription,
} from 'n8n-workflow';
import type { Catalog } from './catalog';
import { canonicalSettings } from './settings';
import { workflowSchema, type ConnectionTarget, type Workflow, type WorkflowNode } from './workflow';

/**
 * The one form of a workflow under version control: what matters, in one order, as the editor itself would save it.
 * - Nodes stand from left to right, then from top to bottom; connections in the order of their nodes.
 * - Parameters that have their default, or are hidden by others, are left out, as the editor does when it saves.
 * - Credentials are names; with `id: null` n8n looks for the one credential of that type and name. (With no id at all
 *   it takes any credential of the type.)
 * - What was picked from a list by an id is kept by its name, when the node can find it by name.
 *
 * The form of a canonical workflow is the workflow itself. Throws a `ZodError` for what is no workflow.
 */
export function canonical(exported: unknown, catalog: Catalog): Record<string, unknown> {
  const workflow = workflowSchema.parse(exported);
  const nodes = [...workflow.nodes].sort(
    (one, other) =>
      one.position[0] - other.position[0] ||
      one.position[1] - other.position[1] ||
      compare(one.name, other.name),
  );
  return present({
    id: workflow.id,
    name: workflow.name,
    description: workflow.description || undefined,
    active: workflow.active,
    settings: canonicalSettings(workflow.settings ?? {}),
    nodes: nodes.map((node) => canonicalNode(node, catalog.describe(node.type, node.typeVersion))),
    connections: canonicalConnections(workflow.connections, nodes),
    nodeGroups: workflow.nodeGroups?.length
      ? [...workflow.nodeGroups].sort((one, other) => compare(one.id, other.id)).map(sortKeys)
      : undefined,
  });
}

/** The text of a workflow file: the canonical form as JSON, ending in a line break. */
export function canonicalText(exported: unknown, catalog: Catalog): string {
  return `${JSON.stringify(canonical(exported, catalog), undefined, 2)}\n`;
}

function canonicalNode(
  node: WorkflowNode,
  description: INodeTypeDescription | undefined,
): Record<string, unknown> {
  const { id, name, type, typeVersion, position, disabled, webhookId, onError, retryOnFail } = node;
  const credentials = Object.entries(node.credentials ?? {})
    .filter(([, credential]) => credential !== null)
    .sort(([one], [other]) => compare(one, other))
    .map(([credentialType, credential]) => [credentialType, { id: null, name: credential?.name }]);
  return present({
    id,
    name,
    type,
    typeVersion,
    position: [...position],
    disabled: disabled || undefined,
    webhookId,
    credentials: credentials.length > 0 ? Object.fromEntries(credentials) : undefined,
    parameters: sortKeys(description ? savedParameters(node, description) : node.parameters),
    onError: onError === 'stopWorkflow' ? undefined : onError,
    retryOnFail: retryOnFail || undefined,
    maxTries: retryOnFail ? node.maxTries : undefined,
    waitBetweenTries: retryOnFail ? node.waitBetweenTries : undefined,
    executeOnce: node.executeOnce || undefined,
    alwaysOutputData: node.alwaysOutputData || undefined,
    notes: node.notes || undefined,
    notesInFlow: node.notesInFlow || undefined,
  });
}

/** As the editor saves them; parameters it does not know stay, for the checker to speak up about. */
function savedParameters(node: WorkflowNode, description: INodeTypeDescription): Record<string, unknown> {
  const { properties } = description;
  const given = Object.fromEntries(
    Object.entries(node.parameters).map(([name, value]) => [name, locatedByName(value, name, properties)]),
  );
  const saved = NodeHelpers.getNodeParameters(
    properties,
    given as INodeParameters,
    false,
    false,
    { typeVersion: node.typeVersion },
    description,
  );
  const known = new Set(properties.map(({ name }) => name));
  const unknown = Object.entries(given).filter(([name]) => !known.has(name));
  return { ...withoutEmptyCollections(saved ?? {}, properties), ...Object.fromEntries(unknown) };
}

/** A collection that nobody has put anything into; the editor saves it or not, depending on what it showed. */
function withoutEmptyCollections(
  parameters: Record<string, unknown>,
  properties: readonly INodeProperties[],
): Record<string, unknown> {
  const isEmpty = (value: unknown): boolean => isDeepStrictEqual(value, {});
  const leftOut = properties.filter((property) => isEmpty(property.default)).map(({ name }) => name);
  return Object.fromEntries(
    Object.entries(parameters).filter(([name, value]) => !(leftOut.includes(name) && isEmpty(value))),
  );
}

/** A list's entry is kept by what the list shows, where the node can look that up; its address is not kept at all. */
function locatedByName(value: unknown, name: string, properties: readonly INodeProperties[]): unknown {
  if (!isLocator(value)) return value;
  const { cachedResultName, ...locator } = value;
  delete locator.cachedResultUrl;
  if (locator.mode !== 'list' || typeof cachedResultName !== 'string') return locator;
  if (cachedResultName === locator.value) return locator;
  const canFindByName = properties.some(
    (property) => property.name === name && property.modes?.some((mode) => mode.name === 'name'),
  );
  return canFindByName
    ? { ...locator, mode: 'name', value: cachedResultName }
    : { ...locator, cachedResultName };
}

function isLocator(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && '__rl' in value;
}

function canonicalConnections(
  connections: Workflow['connections'],
  nodes: readonly WorkflowNode[],
): Record<string, unknown> {
  const order = nodes.map(({ name }) => name);
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const sources = Object.entries(connections)
    .sort(([one], [other]) => rank(one) - rank(other) || compare(one, other))
    .map(([source, byType]) => {
      const types = Object.entries(byType)
        .sort(([one], [other]) => compare(one, other))
        .map(([type, outputs]) => [type, canonicalOutputs(outputs, rank)] as const)
        .filter(([, outputs]) => outputs.length > 0);
      return [source, Object.fromEntries(types)] as const;
    });
  return Object.fromEntries(sources.filter(([, byType]) => Object.keys(byType).length > 0));
}

function canonicalOutputs(
  outputs: ReadonlyArray<readonly ConnectionTarget[] | null | undefined>,
  rank: (name: string) => number,
): ConnectionTarget[][] {
  const sorted = outputs.map((targets) =>
    [...(targets ?? [])]
      .sort(
        (one, other) =>
          rank(one.node) - rank(other.node) || compare(one.node, other.node) || one.index - other.index,
      )
      .map(({ node, type, index }) => ({ node, type, index })),
  );
  const last = sorted.findLastIndex((targets) => targets.length > 0);
  return sorted.slice(0, last + 1);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => compare(one, other))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}

/** By code unit, so that the order is the same on every machine. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
