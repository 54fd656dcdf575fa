import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod/v4';
import type { Credential } from './credentials';
import { StackError } from './error';
import { readKept, writeKept } from './kept';
import { N8nApi, type StoredWorkflow } from './n8n-api';
import { waitFor } from './wait';
import { contentDigest, isSameWorkflow, type WorkflowFile } from './workflow-file';

/** What was imported last, so that a later start leaves alone what has not changed. */
const importsSchema = z.object({
  /** Which database it was imported into. */
  database: z.string(),
  /** Digests by credential name. */
  credentials: z.record(z.string(), z.string()),
  /** By workflow id: the digest of the file, and that of what n8n made of it. */
  workflows: z.record(z.string(), z.object({ hash: z.string(), content: z.string() })),
});
type Imports = z.infer<typeof importsSchema>;

export interface SyncOptions {
  dataFolder: string;
  n8nUrl: string;
  owner: { email: string; password: string };
  /** Identity of n8n's database: with another one everything is imported anew. */
  database: string;
  credentials: readonly Credential[];
  workflows: readonly WorkflowFile[];
  signal?: AbortSignal | undefined;
}

const PUBLICATION_TIMEOUT = 60_000;

/** What to do with a workflow file that has changed since it was imported, or never was. */
export type WorkflowDecision = 'create' | 'update' | 'adopt' | 'keepArchived' | 'keepEdited';

/**
 * Decides so that nobody's work in the editor is lost.
 * @param stored what n8n holds under the file's id
 * @param imported digest of what n8n made of the file at the last import
 */
export function decide(
  file: WorkflowFile,
  stored: StoredWorkflow | undefined,
  imported: string | undefined,
): WorkflowDecision {
  if (!stored) return 'create';
  if (stored.isArchived) return 'keepArchived';
  if (isSameWorkflow(file.content, stored)) return 'adopt';
  return contentDigest(stored) === imported ? 'update' : 'keepEdited';
}

function digest(credential: Credential): string {
  return createHash('sha256').update(JSON.stringify(credential)).digest('hex');
}

async function syncCredentials(api: N8nApi, credentials: readonly Credential[]): Promise<void> {
  const existing = await api.credentials();
  for (const credential of credentials) {
    const known = existing.find(({ name, type }) => name === credential.name && type === credential.type);
    if (known) await api.updateCredential(known.id, credential);
    else await api.createCredential(credential);
  }
}

/** Waits until the triggers of a workflow have started; throws a StackError with n8n's reason when they do not. */
export async function awaitPublication(
  api: N8nApi,
  { id, name }: StoredWorkflow,
  signal?: AbortSignal,
): Promise<void> {
  const publication = await waitFor(
    async () => {
      const seen = await api.publication(id);
      return seen.status === 'in_progress' || seen.status === 'not_published' ? undefined : seen;
    },
    { timeout: PUBLICATION_TIMEOUT, signal },
  );
  if (publication?.status === 'published') return;
  const reasons = publication?.triggers.flatMap(({ errorMessage }) => errorMessage ?? []) ?? [];
  throw new StackError(
    `n8n could not start the triggers of the workflow "${name}": ${reasons.join('; ') || 'it gives no reason'}`,
  );
}

interface WorkflowResult {
  /** Digest of what is now known to stem from the file; absent when the file was not imported. */
  content?: string;
  /** For the terminal. */
  note?: string;
}

async function syncWorkflow(
  api: N8nApi,
  file: WorkflowFile,
  imported: string | undefined,
  publishing: StoredWorkflow[],
): Promise<WorkflowResult> {
  const stored = await api.workflow(file.content.id);
  const decision = decide(file, stored, imported);
  const { name } = file.content;
  if (decision === 'keepEdited' || decision === 'keepArchived') {
    const what = decision === 'keepEdited' ? 'was edited' : 'is archived';
    return {
      note: `"${name}" ${what} in the editor: ${file.fileName} was not imported. npm run workflows -- pull takes the editor's version, push overwrites it.`,
    };
  }
  const isAdopted = decision === 'adopt' && stored;
  const current = isAdopted
    ? stored
    : await (decision === 'create' ? api.createWorkflow(file.content) : api.updateWorkflow(file.content));
  // Once imported, whether it is on is up to the people who use the editor.
  const wasTurnedOff = stored !== undefined && imported !== undefined && !stored.active;
  if (file.isActive && !wasTurnedOff && !(isAdopted && stored.active)) {
    await api.publish(current);
    publishing.push(current);
  } else if (!file.isActive && current.active) {
    await api.unpublish(current);
  }
  const isReported = decision === 'update' || wasTurnedOff;
  return {
    content: contentDigest(current),
    ...(isReported && { note: `"${name}" was brought up to date${wasTurnedOff ? ', and stays off' : ''}.` }),
  };
}

/**
 * Brings credentials and workflows into a running n8n: those that have changed since this was last done, and no workflow
 * that somebody has edited in the meantime.
 * @returns what is worth telling
 */
export async function syncN8n(options: SyncOptions): Promise<string[]> {
  const { dataFolder, n8nUrl, owner, database, credentials, workflows, signal } = options;
  const file = path.join(dataFolder, 'imports.json');
  const kept = readKept(file, importsSchema);
  const imports: Imports = kept?.database === database ? kept : { database, credentials: {}, workflows: {} };
  const newCredentials = credentials.filter((each) => imports.credentials[each.name] !== digest(each));
  const newWorkflows = workflows.filter((each) => imports.workflows[each.content.id]?.hash !== each.hash);
  if (newCredentials.length === 0 && newWorkflows.length === 0) return [];

  const api = new N8nApi(n8nUrl);
  await api.logIn(owner);
  const notes: string[] = [];
  if (newCredentials.length > 0) {
    await syncCredentials(api, newCredentials);
    for (const each of newCredentials) {
      if (imports.credentials[each.name]) notes.push(`The credential "${each.name}" was brought up to date.`);
      imports.credentials[each.name] = digest(each);
    }
    writeKept(file, imports);
  }
  const publishing: StoredWorkflow[] = [];
  for (const each of newWorkflows) {
    signal?.throwIfAborted();
    const { id } = each.content;
    const result = await syncWorkflow(api, each, imports.workflows[id]?.content, publishing);
    if (result.note) notes.push(result.note);
    if (!result.content) continue;
    imports.workflows[id] = { hash: each.hash, content: result.content };
    writeKept(file, imports);
  }
  for (const workflow of publishing) await awaitPublication(api, workflow, signal);
  return notes;
}
