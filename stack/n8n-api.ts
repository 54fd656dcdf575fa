import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import { StackError } from './error';

const CALL_TIMEOUT = 60_000;

export const credentialSchema = z.object({ id: z.string(), name: z.string(), type: z.string() });
export const workflowSchema = z.object({
  id: z.string(),
  name: z.string(),
  versionId: z.string(),
  /** The version that runs. */
  activeVersionId: z.string().nullish(),
  active: z.boolean(),
  isArchived: z.boolean(),
  description: z.string().nullish(),
  nodes: z.array(z.record(z.string(), z.unknown())),
  connections: z.record(z.string(), z.unknown()),
  nodeGroups: z.array(z.unknown()).nullish(),
  settings: z.record(z.string(), z.unknown()).nullish(),
});
const publicationSchema = z.object({
  status: z.enum(['in_progress', 'not_published', 'published', 'partial', 'failed']),
  triggers: z.array(z.object({ nodeId: z.string(), errorMessage: z.string().nullish() })),
});
const executionSchema = z.object({ executionId: z.string() });
const failureSchema = z.object({ message: z.string() });

export type StoredWorkflow = z.infer<typeof workflowSchema>;
export type Publication = z.infer<typeof publicationSchema>;

/** What a call sends about a workflow; n8n keeps the id, and looks up credentials without id by type and name. */
export interface WorkflowContent {
  id: string;
  name: string;
  nodes: ReadonlyArray<Record<string, unknown>>;
  connections: Record<string, unknown>;
  description?: string | undefined;
  nodeGroups?: readonly unknown[] | undefined;
  settings?: Record<string, unknown> | undefined;
}

/**
 * The API that n8n's editor uses, for what its public API cannot do: workflows with an id of their own, the state of a
 * publication, no API key needed. It is as stable as n8n is pinned.
 */
export class N8nApi {
  private cookie = '';
  private readonly browserId = randomUUID();

  constructor(private readonly url: string) {}

  async logIn({ email, password }: { email: string; password: string }): Promise<void> {
    const response = await this.send('POST', '/login', { emailOrLdapLoginId: email, password });
    if (response.status === 429) {
      throw new StackError('n8n takes only a few log-ins a minute. Wait a minute, then try again.');
    }
    if (!response.ok) throw await this.failure('log in', response);
    this.cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';', 1)[0])
      .join('; ');
    await response.body?.cancel();
  }

  async credentials(): Promise<Array<z.infer<typeof credentialSchema>>> {
    return await this.call('list the credentials', z.array(credentialSchema), 'GET', '/credentials');
  }

  async createCredential(credential: { name: string; type: string; data: object }): Promise<void> {
    await this.call(
      `create the credential "${credential.name}"`,
      z.unknown(),
      'POST',
      '/credentials',
      credential,
    );
  }

  async updateCredential(
    id: string,
    credential: { name: string; type: string; data: object },
  ): Promise<void> {
    const path = `/credentials/${encodeURIComponent(id)}`;
    await this.call(`update the credential "${credential.name}"`, z.unknown(), 'PATCH', path, credential);
  }

  /** @returns `undefined` when there is none of that id */
  async workflow(id: string): Promise<StoredWorkflow | undefined> {
    const response = await this.send('GET', `/workflows/${encodeURIComponent(id)}`);
    if (response.status === 404 || response.status === 403) {
      await response.body?.cancel();
      return undefined;
    }
    return await this.read(`read the workflow ${id}`, workflowSchema, response);
  }

  async createWorkflow(content: WorkflowContent): Promise<StoredWorkflow> {
    return await this.call(
      `create the workflow "${content.name}"`,
      workflowSchema,
      'POST',
      '/workflows',
      content,
    );
  }

  async updateWorkflow({ id, ...content }: WorkflowContent): Promise<StoredWorkflow> {
    const path = `/workflows/${encodeURIComponent(id)}`;
    return await this.call(`update the workflow "${content.name}"`, workflowSchema, 'PATCH', path, content);
  }

  /** Asks for a version to be published; see {@link publication} for whether its triggers have started. */
  async publish({ id, name, versionId }: StoredWorkflow): Promise<void> {
    const path = `/workflows/${encodeURIComponent(id)}/activate`;
    await this.call(`publish the workflow "${name}"`, z.unknown(), 'POST', path, { versionId });
  }

  async unpublish({ id, name }: StoredWorkflow): Promise<void> {
    const path = `/workflows/${encodeURIComponent(id)}/deactivate`;
    await this.call(`unpublish the workflow "${name}"`, z.unknown(), 'POST', path, {});
  }

  /** Runs it by hand from the trigger of this name, and gives the id of the execution. */
  async run({ id, name }: StoredWorkflow, trigger: string): Promise<string> {
    const body = { triggerToStartFrom: { name: trigger } };
    const { executionId } = await this.call(
      `run "${name}"`,
      executionSchema,
      'POST',
      `/workflows/${id}/run`,
      body,
    );
    return executionId;
  }

  async publication(id: string): Promise<Publication> {
    const path = `/workflows/${encodeURIComponent(id)}/publication-status`;
    return await this.call(`ask whether the workflow ${id} is published`, publicationSchema, 'GET', path);
  }

  private async call<Schema extends z.ZodType>(
    action: string,
    schema: Schema,
    method: string,
    path: string,
    body?: object,
  ): Promise<z.infer<Schema>> {
    return await this.read(action, schema, await this.send(method, path, body));
  }

  private async read<Schema extends z.ZodType>(
    action: string,
    schema: Schema,
    response: Response,
  ): Promise<z.infer<Schema>> {
    if (!response.ok) throw await this.failure(action, response);
    const { data } = z.object({ data: z.unknown() }).parse(await response.json());
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new StackError(
      `n8n answered in an unknown form when asked to ${action}: ${z.prettifyError(parsed.error)}`,
    );
  }

  private async send(method: string, path: string, body?: object): Promise<Response> {
    return await fetch(`${this.url}/rest${path}`, {
      method,
      headers: {
        'browser-id': this.browserId,
        cookie: this.cookie,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(CALL_TIMEOUT),
    });
  }

  private async failure(action: string, response: Response): Promise<StackError> {
    const answer = failureSchema.safeParse(await response.json().catch(() => undefined));
    const reason = answer.success ? answer.data.message : 'no reason given';
    return new StackError(`n8n refused to ${action} (HTTP ${response.status}): ${reason}`);
  }
}
