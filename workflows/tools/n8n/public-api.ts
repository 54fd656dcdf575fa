import { z } from 'zod/v4';
import { ServiceClient, type CallOptions } from '../../../services/http';
import { axiosRequest } from '../../../stack/axios-request';
import { credentialSchema, workflowSchema } from '../../../stack/n8n-api';
import { ToolError } from '../error';
import type { N8n, StoredCredential, StoredWorkflow, WorkflowContent } from './n8n';

const PAGE = 250;

const failureSchema = z.object({ message: z.string() });
const credentialPageSchema = z.object({ data: z.array(credentialSchema), nextCursor: z.string().nullish() });

/**
 * n8n's public API, with an API key: for who logs in with a second factor or elsewhere, and for pipelines. It gives each new
 * workflow an id of its own making, so that a workflow has to be imported once before it can be pushed.
 */
export class PublicApi implements N8n {
  private readonly client: ServiceClient;

  constructor(url: string, apiKey: string) {
    this.client = new ServiceClient({
      service: 'n8n',
      url: `${url}/api/v1`,
      request: axiosRequest({ 'x-n8n-api-key': apiKey }),
      describe: (body) => failureSchema.safeParse(body).data?.message,
      advice: {
        401: 'Check N8N_API_KEY: Settings > n8n API in the editor.',
        403: 'The API key lacks a scope: it takes workflow and credential:list, all of an owner or admin.',
      },
    });
  }

  async credentials(): Promise<StoredCredential[]> {
    const found: StoredCredential[] = [];
    for (let cursor: string | null | undefined = ''; typeof cursor === 'string';) {
      const path: string = `/credentials?limit=${PAGE}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: z.infer<typeof credentialPageSchema> = await this.call(credentialPageSchema, {
        action: 'list the credentials',
        method: 'GET',
        path,
      });
      found.push(...page.data);
      cursor = page.nextCursor;
    }
    return found;
  }

  async workflow(id: string): Promise<StoredWorkflow | undefined> {
    const action = `read the workflow "${id}"`;
    const answer = await this.client.call({ action, method: 'GET', path: pathOf(id), expect: [404] });
    return answer.status === 404 ? undefined : this.parse(workflowSchema, action, answer.body);
  }

  createWorkflow({ id, name }: WorkflowContent): Promise<StoredWorkflow> {
    return Promise.reject(
      new ToolError(
        `n8n has no workflow "${name}", and with an API key it would get another id. ` +
          `Import it once (n8n import:workflow --input=workflows/${id}.json), or push with N8N_OWNER_EMAIL and N8N_OWNER_PASSWORD.`,
      ),
    );
  }

  async updateWorkflow({
    id,
    name,
    nodes,
    connections,
    settings,
    nodeGroups,
  }: WorkflowContent): Promise<StoredWorkflow> {
    return await this.call(workflowSchema, {
      action: `update the workflow "${name}"`,
      method: 'PUT',
      path: `${pathOf(id)}?publishIfActive=false`,
      body: { name, nodes, connections, settings: settings ?? {}, ...(nodeGroups && { nodeGroups }) },
      repeatable: true,
    });
  }

  async publish({ id, name, versionId }: StoredWorkflow): Promise<void> {
    await this.client.call({
      action: `publish the workflow "${name}"`,
      method: 'POST',
      path: `${pathOf(id)}/activate`,
      body: { versionId },
      repeatable: true,
    });
  }

  async unpublish({ id, name }: StoredWorkflow): Promise<void> {
    await this.client.call({
      action: `unpublish the workflow "${name}"`,
      method: 'POST',
      path: `${pathOf(id)}/deactivate`,
      repeatable: true,
    });
  }

  private async call<Schema extends z.ZodType>(schema: Schema, call: CallOptions): Promise<z.infer<Schema>> {
    const { body } = await this.client.call(call);
    return this.parse(schema, call.action, body);
  }

  private parse<Schema extends z.ZodType>(schema: Schema, action: string, body: unknown): z.infer<Schema> {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new ToolError(
      `n8n answered in an unknown form when asked to ${action}: ${z.prettifyError(parsed.error)}`,
    );
  }
}

function pathOf(id: string): string {
  return `/workflows/${encodeURIComponent(id)}`;
}
