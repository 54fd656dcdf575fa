import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod/v4';
import { StackError, messageOf } from './error';
import type { StoredWorkflow, WorkflowContent } from './n8n-api';

const nodeSchema = z.record(z.string(), z.unknown());
const fileSchema = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  active: z.boolean().default(false),
  nodes: z.array(nodeSchema),
  connections: z.record(z.string(), z.unknown()),
  settings: z.record(z.string(), z.unknown()).optional(),
});
const credentialsSchema = z.record(z.string(), z.object({ name: z.string() }));

type WorkflowNode = z.infer<typeof nodeSchema>;

/** A workflow as it is kept under version control. */
export interface WorkflowFile {
  /** As people call it, e.g. `vip-coupon.json`. */
  fileName: string;
  /** Digest of the file. */
  hash: string;
  /** Whether it is meant to be published. */
  isActive: boolean;
  content: WorkflowContent;
}

function withCredentials(node: WorkflowNode, id: null | undefined): WorkflowNode {
  const credentials = credentialsSchema.safeParse(node.credentials);
  if (!credentials.success) return node;
  const references = Object.entries(credentials.data).map(([type, { name }]) => [
    type,
    id === null ? { id, name } : { name },
  ]);
  return { ...node, credentials: Object.fromEntries(references) };
}

/**
 * Reads the workflow in a file. Its credentials are references by name: with `id: null` n8n looks up the one credential
 * of that type and name. (An absent id makes n8n take any credential of the type, whatever its name.)
 */
function readWorkflow(file: string): WorkflowFile {
  const text = readFileSync(file, 'utf8');
  try {
    const { active, nodes, ...rest } = fileSchema.parse(JSON.parse(text));
    return {
      fileName: path.basename(file),
      hash: createHash('sha256').update(text).digest('hex'),
      isActive: active,
      content: { ...rest, nodes: nodes.map((node) => withCredentials(node, null)) },
    };
  } catch (error) {
    throw new StackError(`${file} does not hold a workflow: ${messageOf(error)}`);
  }
}

/** Reads the workflows of a folder, by file name; none when there is no such folder. */
export function readWorkflows(folder: string): WorkflowFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readWorkflow(path.join(folder, name)));
}

type Content = Pick<StoredWorkflow, 'name' | 'nodes' | 'connections'>;

/** What people edit, in a form that can be compared; ids of credentials, which belong to one n8n, aside. */
function comparable({ name, nodes, connections }: Content): unknown {
  return JSON.parse(
    JSON.stringify({ name, connections, nodes: nodes.map((node) => withCredentials(node, undefined)) }),
  );
}

/** Whether n8n holds what the file says; n8n adds settings of its own. */
export function isSameWorkflow(
  { nodes, settings = {}, ...rest }: WorkflowContent,
  stored: StoredWorkflow,
): boolean {
  return (
    isDeepStrictEqual(comparable({ ...rest, nodes: [...nodes] }), comparable(stored)) &&
    Object.entries(settings).every(([name, value]) => isDeepStrictEqual(stored.settings?.[name], value))
  );
}

/** Changes with everything that somebody may edit in a workflow. (Its version id does not change with its name.) */
export function contentDigest(stored: StoredWorkflow): string {
  const settings = Object.entries(stored.settings ?? {}).sort(([one], [other]) => one.localeCompare(other));
  return createHash('sha256')
    .update(JSON.stringify([comparable(stored), settings]))
    .digest('hex');
}
