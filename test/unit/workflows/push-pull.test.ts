import { describe, expect, it } from '@jest/globals';
import type {
  N8n,
  StoredCredential,
  StoredWorkflow,
  WorkflowContent,
} from '../../../workflows/tools/n8n/n8n';
import { pull } from '../../../workflows/tools/pull';
import { push } from '../../../workflows/tools/push';
import { catalog, exported, fileOf, handler, nodeOf, onError } from './support';

const CREDENTIAL: StoredCredential = { id: 'cred1', name: 'Lifecycle Store', type: 'storeApi' };
const FILES = [fileOf(handler()), fileOf(onError())];

/** n8n as far as it matters here: versions, what runs, settings that are merged; and what was asked of it. */
class FakeN8n implements N8n {
  readonly calls: string[] = [];
  readonly workflows = new Map<string, StoredWorkflow>();
  private versions = 0;

  constructor(readonly stock: StoredCredential[] = [CREDENTIAL]) {}

  async credentials(): Promise<StoredCredential[]> {
    return this.stock;
  }

  async workflow(id: string): Promise<StoredWorkflow | undefined> {
    return this.workflows.get(id);
  }

  async createWorkflow(content: WorkflowContent): Promise<StoredWorkflow> {
    return this.keep('create', content, { active: false, isArchived: false, activeVersionId: null });
  }

  async updateWorkflow(content: WorkflowContent): Promise<StoredWorkflow> {
    const {
      active = false,
      isArchived = false,
      activeVersionId,
      settings,
    } = this.workflows.get(content.id) ?? {};
    const merged = { ...content, settings: { ...settings, ...content.settings } };
    return this.keep('update', merged, { active, isArchived, activeVersionId });
  }

  async publish({ id, versionId }: StoredWorkflow): Promise<void> {
    this.change('publish', id, { active: true, activeVersionId: versionId });
  }

  async unpublish({ id }: StoredWorkflow): Promise<void> {
    this.change('unpublish', id, { active: false, activeVersionId: null });
  }

  /** As somebody does in the editor. */
  edit(id: string, change: (workflow: StoredWorkflow) => void): void {
    const stored = this.workflows.get(id);
    if (!stored) throw new Error(`no workflow ${id}`);
    change(stored);
    stored.versionId = `version ${(this.versions += 1)}`;
  }

  private keep(
    call: string,
    content: WorkflowContent,
    state: Pick<StoredWorkflow, 'active' | 'isArchived' | 'activeVersionId'>,
  ): StoredWorkflow {
    this.calls.push(`${call} ${content.id}`);
    const { nodeGroups, nodes, ...rest } = structuredClone(content);
    const stored = {
      ...rest,
      ...state,
      nodes: [...nodes],
      nodeGroups: [...(nodeGroups ?? [])],
      versionId: `version ${(this.versions += 1)}`,
    };
    this.workflows.set(content.id, stored);
    return structuredClone(stored);
  }

  private change(call: string, id: string, state: Partial<StoredWorkflow>): void {
    this.calls.push(`${call} ${id}`);
    const stored = this.workflows.get(id);
    if (stored) this.workflows.set(id, { ...stored, ...state });
  }
}

async function pushed(): Promise<FakeN8n> {
  const n8n = new FakeN8n();
  await push(n8n, FILES, catalog);
  n8n.calls.length = 0;
  return n8n;
}

describe('push', () => {
  it('creates workflows under their ids and publishes them, error workflows first', async () => {
    const n8n = new FakeN8n();
    expect(await push(n8n, FILES, catalog)).toEqual([
      { id: 'on-error', did: ['created', 'published'] },
      { id: 'handler', did: ['created', 'published'] },
    ]);
    expect(n8n.calls).toEqual(['create on-error', 'publish on-error', 'create handler', 'publish handler']);
  });

  it('binds credentials by type and name', async () => {
    const n8n = await pushed();
    const settle = n8n.workflows.get('handler')?.nodes.find(({ name }) => name === 'Settle');
    expect(settle?.credentials).toEqual({ storeApi: { id: 'cred1', name: 'Lifecycle Store' } });
  });

  it('does nothing when n8n holds and runs it all', async () => {
    const n8n = await pushed();
    expect(await push(n8n, FILES, catalog)).toEqual([
      { id: 'on-error', did: [] },
      { id: 'handler', did: [] },
    ]);
    expect(n8n.calls).toEqual([]);
  });

  it('puts back what was edited, settings that were added among it', async () => {
    const n8n = await pushed();
    n8n.edit('handler', (workflow) => {
      workflow.nodes = workflow.nodes.filter(({ name }) => name !== 'Update contact');
      Object.assign(workflow.settings ?? {}, { executionTimeout: 600, saveManualExecutions: false });
    });
    await push(n8n, FILES, catalog);
    expect(n8n.calls).toEqual(['update handler', 'publish handler']);
    expect(await pull(n8n, ['handler'], catalog)).toMatchObject({ pulled: [fileOf(handler())] });
    expect(n8n.workflows.get('handler')?.settings).toMatchObject({
      executionTimeout: -1,
      saveManualExecutions: 'DEFAULT',
    });
  });

  it('publishes what holds the same but does not run', async () => {
    const n8n = await pushed();
    n8n.edit('handler', () => undefined);
    await push(n8n, FILES, catalog);
    expect(n8n.calls).toEqual(['publish handler']);
  });

  it('takes out of service what is not meant to be active', async () => {
    const n8n = await pushed();
    await push(n8n, [fileOf({ ...handler(), active: false })], catalog);
    expect(n8n.calls).toEqual(['unpublish handler']);
  });

  it('binds anew when a credential was made again under its name', async () => {
    const n8n = await pushed();
    n8n.stock.splice(0, 1, { ...CREDENTIAL, id: 'cred2' });
    await push(n8n, FILES, catalog);
    expect(n8n.calls).toEqual(['update handler', 'publish handler']);
  });

  it.each<[string, StoredCredential[], RegExp]>([
    ['is missing', [], /no credential "Lifecycle Store" of type storeApi\. Create it in n8n/],
    ['is there of another type', [{ ...CREDENTIAL, type: 'chatApi' }], /no credential "Lifecycle Store"/],
    ['is there twice', [CREDENTIAL, { ...CREDENTIAL, id: 'cred2' }], /2 credentials "Lifecycle Store"/],
  ])('changes nothing when a credential %s', async (_how, stock, message) => {
    const n8n = new FakeN8n(stock);
    await expect(push(n8n, FILES, catalog)).rejects.toThrow(message);
    expect(n8n.calls).toEqual([]);
  });

  it('says what to do about a workflow that is archived', async () => {
    const n8n = await pushed();
    n8n.edit('handler', (workflow) => (workflow.isArchived = true));
    await expect(push(n8n, FILES, catalog)).rejects.toThrow(/"Handler" is archived in n8n\. Restore it/);
  });
});

describe('pull', () => {
  it('gives back exactly what was pushed', async () => {
    const n8n = await pushed();
    const { pulled, missing } = await pull(n8n, ['handler', 'on-error'], catalog);
    expect(pulled.map(({ file, text }) => ({ file, text }))).toEqual(FILES);
    expect(missing).toEqual([]);
  });

  it('takes what stands on the canvas, and tells when something else runs', async () => {
    const n8n = await pushed();
    const edited = handler();
    nodeOf(edited, 'Update contact').name = 'Make VIP';
    n8n.edit('handler', (workflow) => Object.assign(workflow, { nodes: exported(edited).nodes }));
    const { pulled } = await pull(n8n, ['handler', 'on-error'], catalog);
    expect(pulled.map(({ hasUnpublishedChanges }) => hasUnpublishedChanges)).toEqual([true, false]);
    expect(pulled[0]?.text).toContain('"Make VIP"');
  });

  it('lists what n8n does not have', async () => {
    const n8n = await pushed();
    n8n.edit('on-error', (workflow) => (workflow.isArchived = true));
    expect(await pull(n8n, ['gone', 'on-error'], catalog)).toEqual({
      pulled: [],
      missing: ['gone', 'on-error'],
    });
  });
});
