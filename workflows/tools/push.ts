import { canonicalText } from './canonical';
import type { Catalog } from './catalog';
import { ToolError } from './error';
import type { WorkflowText } from './folder';
import type { N8n, StoredCredential, StoredWorkflow, WorkflowContent } from './n8n/n8n';
import { settingsToSend } from './settings';
import { workflowSchema, type Workflow, type WorkflowNode } from './workflow';

export interface Pushed {
  id: string;
  /** What was done in n8n; nothing when it held all of it already. */
  did: Array<'created' | 'updated' | 'published' | 'unpublished'>;
}

/**
 * Makes n8n hold and run what the files say: creates or updates each workflow under its own id, with its nodes' ids and
 * webhook URLs, and publishes it when it is meant to be active. Error workflows come first, since others refer to them.
 * Nothing is changed when a credential that a file names is not there.
 */
export async function push(n8n: N8n, files: readonly WorkflowText[], catalog: Catalog): Promise<Pushed[]> {
  const workflows = errorWorkflowsFirst(files.map(({ text }) => workflowSchema.parse(JSON.parse(text))));
  const credentials = await n8n.credentials();
  const problems = workflows.flatMap((workflow) => credentialProblems(workflow, credentials));
  if (problems.length > 0) throw new ToolError([...new Set(problems)].join('\n'));
  const pushed: Pushed[] = [];
  for (const workflow of workflows) {
    pushed.push({ id: workflow.id, did: await pushOne(n8n, workflow, credentials, catalog) });
  }
  return pushed;
}

async function pushOne(
  n8n: N8n,
  workflow: Workflow,
  credentials: readonly StoredCredential[],
  catalog: Catalog,
): Promise<Pushed['did']> {
  const did: Pushed['did'] = [];
  const before = await n8n.workflow(workflow.id);
  if (before?.isArchived) {
    throw new ToolError(
      `The workflow "${workflow.name}" is archived in n8n. Restore it in the list of workflows first.`,
    );
  }
  let stored = before;
  const content = contentOf(workflow, before, credentials);
  if (!stored) {
    stored = await n8n.createWorkflow(content);
    did.push('created');
  } else if (!holds(stored, workflow, content, catalog)) {
    stored = await n8n.updateWorkflow(content);
    did.push('updated');
  }
  const runs = stored.active && stored.activeVersionId === stored.versionId;
  if (workflow.active && !runs) {
    await n8n.publish(stored);
    did.push('published');
  } else if (!workflow.active && stored.active) {
    await n8n.unpublish(stored);
    did.push('unpublished');
  }
  return did;
}

/** Whether n8n holds what the file says, with credentials that are there. */
function holds(
  stored: StoredWorkflow,
  workflow: Workflow,
  content: WorkflowContent,
  catalog: Catalog,
): boolean {
  const { active } = workflow;
  const credentialsOf = (nodes: ReadonlyArray<Record<string, unknown>>): string =>
    JSON.stringify(
      nodes
        .map(({ id, credentials }) => [id, Object.entries(credentials ?? {}).sort()] as const)
        .sort(([one], [other]) => String(one).localeCompare(String(other))),
    );
  return (
    canonicalText({ ...stored, active }, catalog) === canonicalText(workflow, catalog) &&
    credentialsOf(stored.nodes) === credentialsOf(content.nodes)
  );
}

function contentOf(
  { id, name, description, nodes, connections, settings, nodeGroups }: Workflow,
  stored: StoredWorkflow | undefined,
  credentials: readonly StoredCredential[],
): WorkflowContent {
  return {
    id,
    name,
    nodes: nodes.map((node) => withCredentialIds(node, credentials)),
    connections,
    settings: settingsToSend(settings ?? {}, stored?.settings ?? {}),
    ...(description && { description }),
    nodeGroups: nodeGroups ?? [],
  };
}

function withCredentialIds(
  node: WorkflowNode,
  credentials: readonly StoredCredential[],
): Record<string, unknown> {
  if (!node.credentials) return node;
  const references = referencesOf(node).map(({ type, name }) => {
    const [found] = matching(credentials, type, name);
    return [type, { id: found?.id ?? null, name }];
  });
  return { ...node, credentials: Object.fromEntries(references) };
}

function credentialProblems(workflow: Workflow, credentials: readonly StoredCredential[]): string[] {
  return workflow.nodes.flatMap(referencesOf).flatMap(({ type, name }) => {
    const { length } = matching(credentials, type, name);
    if (length === 1) return [];
    return length === 0
      ? [
          `n8n has no credential "${name}" of type ${type}. Create it in n8n under that name, then push again.`,
        ]
      : [`n8n has ${length} credentials "${name}" of type ${type}. Rename all but the one that is meant.`];
  });
}

function referencesOf({ credentials = {} }: WorkflowNode): Array<{ type: string; name: string }> {
  return Object.entries(credentials).flatMap(([type, credential]) =>
    credential ? [{ type, name: credential.name }] : [],
  );
}

function matching(
  credentials: readonly StoredCredential[],
  type: string,
  name: string,
): readonly StoredCredential[] {
  return credentials.filter((credential) => credential.type === type && credential.name === name);
}

function errorWorkflowsFirst(workflows: readonly Workflow[]): Workflow[] {
  const named = new Set(workflows.map(({ settings }) => settings?.errorWorkflow));
  return [...workflows.filter(({ id }) => named.has(id)), ...workflows.filter(({ id }) => !named.has(id))];
}
