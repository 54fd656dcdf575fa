import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WORKFLOWS_FOLDER } from '../../stack/paths';

interface WorkflowJson {
  nodes: Array<{ id: string; parameters: object }>;
}

/** Copies the package's workflows to `folder`, with other parameters for some nodes (by node id), over those they have. */
export function editedWorkflows(folder: string, parameters: Readonly<Record<string, object>>): string {
  mkdirSync(folder, { recursive: true });
  const unknown = new Set(Object.keys(parameters));
  for (const name of readdirSync(WORKFLOWS_FOLDER).filter((file) => file.endsWith('.json'))) {
    const file = path.join(folder, name);
    cpSync(path.join(WORKFLOWS_FOLDER, name), file);
    const workflow = JSON.parse(readFileSync(file, 'utf8')) as WorkflowJson;
    for (const node of workflow.nodes) {
      if (!unknown.delete(node.id)) continue;
      node.parameters = { ...node.parameters, ...parameters[node.id] };
    }
    writeFileSync(file, JSON.stringify(workflow));
  }
  if (unknown.size > 0) throw new Error(`No workflow has a node ${[...unknown].join(', ')}.`);
  return folder;
}
