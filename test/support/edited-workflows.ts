import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WORKFLOWS_FOLDER } from '../../stack/paths';

type Parameters = Readonly<Record<string, object>>;

interface WorkflowJson {
  id: string;
  name: string;
  active: boolean;
  nodes: Array<{ id: string; parameters: object; disabled?: boolean }>;
}

interface WorkflowCopy {
  /** Id of the workflow that it is a copy of, with the parameters that this one has after the edits. */
  of: string;
  id: string;
  name: string;
  /** Other parameters for some of its nodes, by node id. */
  parameters?: Parameters;
}

/** In what the workflows of a test differ from those of the package. */
export interface WorkflowEdits {
  /** Other parameters for some nodes, by node id, over those they have. */
  parameters?: Parameters;
  /** Nodes that are deactivated in the package and activated here, by id. */
  activated?: readonly string[];
  /** Workflows beside the package's. */
  copies?: readonly WorkflowCopy[];
  /** Workflows of the test's own, as they stand in a file. */
  added?: ReadonlyArray<{ id: string }>;
}

/** Writes the package's workflows to `folder`, edited. Throws for nodes and workflows that there are not. */
export function editedWorkflows(folder: string, edits: WorkflowEdits): string {
  const { parameters = {}, activated = [], copies = [], added = [] } = edits;
  const packaged = readPackaged();
  refuseUnknown([...Object.keys(parameters), ...activated], packaged);
  const originals = packaged.map((workflow) => changed(workflow, parameters, activated));
  const workflows = [
    ...originals,
    ...copies.map(({ of, id, name, parameters: own = {} }) => {
      const original = named(originals, of);
      refuseUnknown(Object.keys(own), [original]);
      return { ...changed(original, own), id, name };
    }),
    ...added,
  ];
  mkdirSync(folder, { recursive: true });
  for (const workflow of workflows) {
    writeFileSync(path.join(folder, `${workflow.id}.json`), JSON.stringify(workflow));
  }
  return folder;
}

function readPackaged(): WorkflowJson[] {
  return readdirSync(WORKFLOWS_FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(path.join(WORKFLOWS_FOLDER, file), 'utf8')) as WorkflowJson);
}

function named(workflows: readonly WorkflowJson[], id: string): WorkflowJson {
  const workflow = workflows.find((each) => each.id === id);
  if (!workflow) throw new Error(`There is no workflow ${id}.`);
  return workflow;
}

function changed(
  workflow: WorkflowJson,
  parameters: Parameters,
  activated: readonly string[] = [],
): WorkflowJson {
  const nodes = workflow.nodes.map((node) => ({
    ...node,
    parameters: { ...node.parameters, ...parameters[node.id] },
    ...(activated.includes(node.id) && { disabled: false }),
  }));
  return { ...workflow, nodes };
}

function refuseUnknown(ids: readonly string[], workflows: readonly WorkflowJson[]): void {
  const known = new Set(workflows.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) throw new Error(`No workflow has a node ${unknown.join(', ')}.`);
}
