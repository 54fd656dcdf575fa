import {
  NodeHelpers,
  Workflow as N8nWorkflow,
  type INode,
  type INodeOutputConfiguration,
  type INodeInputConfiguration,
  type INodeType,
  type INodeTypeDescription,
  type INodeTypes,
  type NodeConnectionType,
} from 'n8n-workflow';
import type { Catalog } from '../catalog';
import type { Workflow, WorkflowNode } from '../workflow';
import { STICKY_NOTE } from '../workflow';

/** What a checker has to say. */
export interface Finding {
  file: string;
  /** Name of the node on the canvas, when it is about one. */
  node?: string;
  reason: string;
  /** What to do about it, as a sentence. */
  advice: string;
  /** Whether writing the file anew in canonical form is all it takes. */
  isFixable?: true;
}

/** A node with what its type says about it. */
export interface NodeView extends WorkflowNode {
  /** `undefined` when the type is unknown in this version. */
  description: INodeTypeDescription | undefined;
  /** Including those that are left at their defaults. */
  effective: Record<string, unknown>;
  /** Connection type of each input and output, in order; empty when the type is unknown. */
  inputs: string[];
  outputs: string[];
  /** Names of the outputs, where they have some. */
  outputNames: string[];
}

/** One workflow file under check. */
export interface Subject {
  file: string;
  text: string;
  /** As parsed, with everything in it. */
  raw: Record<string, unknown>;
  workflow: Workflow;
  /** All but sticky notes. */
  nodes: NodeView[];
  stickyNotes: WorkflowNode[];
  catalog: Catalog;
}

/** A rule looks at one workflow, beside all others that ship with it. */
export type Rule = (subject: Subject, all: readonly Subject[]) => Array<Omit<Finding, 'file'>>;

export function createSubject(
  { file, text, raw, workflow }: Pick<Subject, 'file' | 'text' | 'raw' | 'workflow'>,
  catalog: Catalog,
): Subject {
  const views = viewsOf(workflow, catalog);
  return {
    file,
    text,
    raw,
    workflow,
    nodes: views.filter(({ type }) => type !== STICKY_NOTE),
    stickyNotes: workflow.nodes.filter(({ type }) => type === STICKY_NOTE),
    catalog,
  };
}

/** Defaults, inputs and outputs as n8n itself works them out. */
function viewsOf(workflow: Workflow, catalog: Catalog): NodeView[] {
  const nodes = structuredClone(workflow.nodes) as unknown as INode[];
  const n8n = new N8nWorkflow({
    id: workflow.id,
    nodes,
    connections: {},
    active: false,
    nodeTypes: nodeTypesOf(catalog),
  });
  return workflow.nodes.map((node, index) => {
    const description = catalog.describe(node.type, node.typeVersion);
    const known = nodes[index];
    if (!description || !known) {
      return { ...node, description, effective: node.parameters, inputs: [], outputs: [], outputNames: [] };
    }
    const outputs = NodeHelpers.getNodeOutputs(n8n, known, description);
    return {
      ...node,
      description,
      effective: known.parameters,
      inputs: NodeHelpers.getNodeInputs(n8n, known, description).map(connectionType),
      outputs: outputs.map(connectionType),
      outputNames: outputs.map(
        (output, number) =>
          (typeof output === 'object' ? output.displayName : undefined) ??
          description.outputNames?.[number] ??
          String(number + 1),
      ),
    };
  });
}

function nodeTypesOf(catalog: Catalog): INodeTypes {
  const byNameAndVersion = (type: string, version?: number): INodeType | undefined => {
    const description = catalog.describe(type, version ?? catalog.versions(type).at(-1) ?? 1);
    return description && { description };
  };
  return {
    // n8n passes over what is not there, though its types do not say so.
    getByNameAndVersion: byNameAndVersion as INodeTypes['getByNameAndVersion'],
    getByName: byNameAndVersion as INodeTypes['getByName'],
    getKnownTypes: () => ({}),
  };
}

function connectionType(
  connection: NodeConnectionType | INodeInputConfiguration | INodeOutputConfiguration,
): string {
  return typeof connection === 'string' ? connection : connection.type;
}

/** All texts in a value with their paths, such as `parameters.fields.field[0].value`. */
export function textsIn(value: unknown, path: string): Array<{ path: string; text: string }> {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, path ? `${path}.${key}` : key));
}
