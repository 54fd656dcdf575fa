import { describe, expect, it } from '@jest/globals';
import { canonical, canonicalText } from '../../../workflows/tools/canonical';
import type { WorkflowNode } from '../../../workflows/tools/workflow';
import { catalog, exported, fileOf, handler, node, nodeOf } from './support';

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  return items
    .map((item) => ({ item, rank: next() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

/** The same value with the keys of all its objects in another order. */
function withShuffledKeys(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => withShuffledKeys(item, next));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withShuffledKeys(inner, next)] as const);
  return Object.fromEntries(shuffled(entries, next));
}

function canonicalNode(fields: Partial<WorkflowNode>): Record<string, unknown> {
  const contact = node({ id: 'contact', name: 'Contact', type: 'test.audience', ...fields });
  const { nodes } = canonical({ ...handler(), nodes: [contact], connections: {} }, catalog);
  return (nodes as Array<Record<string, unknown>>)[0] ?? {};
}

describe('the canonical form', () => {
  it.each(Array.from({ length: 50 }, (_value, seed) => [seed]))(
    'does not depend on the order of keys, nodes and connections (seed %i)',
    (seed) => {
      const next = random(seed);
      const workflow = exported(handler());
      const other = { ...workflow, nodes: shuffled(handler().nodes, next) };
      expect(canonicalText(withShuffledKeys(other, next), catalog)).toBe(fileOf(handler()).text);
    },
  );

  it('is its own canonical form, and ends in a line break', () => {
    const { text } = fileOf(handler());
    expect(canonicalText(JSON.parse(text), catalog)).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('keeps nothing of one installation', () => {
    const form = canonical(exported(handler()), catalog);
    expect(Object.keys(form)).toEqual(['id', 'name', 'active', 'settings', 'nodes', 'connections']);
    expect(form.settings).toEqual({ timezone: 'UTC', errorWorkflow: 'on-error', executionOrder: 'v1' });
  });

  it('orders nodes from left to right, then from top to bottom', () => {
    const { nodes } = canonical(handler(), catalog);
    expect((nodes as WorkflowNode[]).map(({ name }) => name)).toEqual([
      'About this workflow',
      'On event',
      'Look up',
      'Update contact',
      'Settle',
    ]);
  });

  it('keeps the ids of nodes and their webhooks', () => {
    expect(canonicalNode({ webhookId: 'stripe' })).toMatchObject({ id: 'contact', webhookId: 'stripe' });
  });

  it('keeps credentials by name, so that n8n looks them up by type and name', () => {
    const credentials = { storeApi: { id: 'abc123', name: 'Lifecycle Store' } };
    expect(canonicalNode({ credentials }).credentials).toEqual({
      storeApi: { id: null, name: 'Lifecycle Store' },
    });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['that have their default', { mode: 'find', email: '={{ $json.email }}' }, {}],
    ['that others hide', { owner: 'Ada' }, {}],
    ['of which nothing was filled in', { options: {}, fields: {} }, {}],
    ['but not those that others show', { mode: 'create', owner: 'Ada' }, { mode: 'create', owner: 'Ada' }],
    ['but not unknown ones, which are for the checker', { colour: 'red' }, { colour: 'red' }],
  ])('leaves out parameters %s', (_which, parameters, expected) => {
    expect(canonicalNode({ parameters }).parameters).toEqual(expected);
  });

  it('keeps what was picked from a list by the name that the list shows, where the node can find it by name', () => {
    const picked = { __rl: true, mode: 'list', value: '17', cachedResultName: 'VIP', cachedResultUrl: 'u' };
    expect(canonicalNode({ parameters: { segment: picked, team: picked } }).parameters).toEqual({
      segment: { __rl: true, mode: 'name', value: 'VIP' },
      team: { __rl: true, mode: 'list', value: '17', cachedResultName: 'VIP' },
    });
  });

  it('leaves out switches that are off, and what depends on them', () => {
    const off = { disabled: false, retryOnFail: false, maxTries: 5, onError: 'stopWorkflow', notes: '' };
    expect(Object.keys(canonicalNode(off))).toEqual([
      'id',
      'name',
      'type',
      'typeVersion',
      'position',
      'parameters',
    ]);
    const on = { disabled: true, retryOnFail: true, maxTries: 5, onError: 'continueRegularOutput' };
    expect(canonicalNode(on)).toMatchObject(on);
  });

  it('writes unconnected outputs alike, however n8n put them', () => {
    const workflow = handler();
    const settle = { node: 'Settle', type: 'main', index: 0 };
    workflow.connections = { 'Look up': { main: [null, [settle], []] }, Settle: { main: [[]] } };
    expect(canonical(workflow, catalog).connections).toEqual({ 'Look up': { main: [[], [settle]] } });
  });

  it('tells a marketer’s edit in few lines', () => {
    const edited = handler();
    nodeOf(edited, 'Update contact').parameters.segment = { __rl: true, mode: 'name', value: 'Gold' };
    const before = fileOf(handler()).text.split('\n');
    const after = fileOf(edited).text.split('\n');
    expect(after.filter((line, index) => line !== before[index])).toEqual(['          "value": "Gold"']);
  });

  it('refuses what is no workflow', () => {
    expect(() => canonical({ nodes: 'none' }, catalog)).toThrow(/expected/);
  });
});
