import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { INodeParameters } from 'n8n-workflow';

const WORKFLOWS = path.resolve(__dirname, '../../workflows');

export interface NodeInFile {
  name: string;
  type: string;
  parameters: INodeParameters;
}

/** The nodes of a workflow file, from left to right. */
export function nodesOf(file: string): NodeInFile[] {
  const { nodes } = JSON.parse(readFileSync(path.join(WORKFLOWS, file), 'utf8')) as { nodes: NodeInFile[] };
  return nodes;
}

/** The Mautic Setup nodes of the workflow `mautic-setup`, in the order in which they run. */
export function setupNodes(): NodeInFile[] {
  return nodesOf('mautic-setup.json').filter(({ type }) => type.endsWith('.mauticSetup'));
}
