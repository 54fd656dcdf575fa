import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredWorkflow } from '../../../stack/n8n-api';
import { decide } from '../../../stack/sync';
import {
  contentDigest,
  isSameWorkflow,
  readWorkflows,
  type WorkflowFile,
} from '../../../stack/workflow-file';

const NODE = { id: 'n1', name: 'Stripe', type: 't', credentials: { stripeApi: { name: 'Stripe' } } };
const CONTENT = {
  id: 'w1',
  name: 'Intake',
  active: true,
  nodes: [NODE],
  connections: {},
  settings: { timezone: 'UTC' },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'workflows-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, content: unknown): void {
  writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

function read(content: unknown = CONTENT): WorkflowFile {
  put('intake.json', content);
  const [file] = readWorkflows(folder);
  if (!file) throw new Error('no workflow was read');
  return file;
}

function stored(changes: Partial<StoredWorkflow> = {}): StoredWorkflow {
  const credentials = { stripeApi: { id: 'id of this n8n', name: 'Stripe' } };
  return {
    id: 'w1',
    name: 'Intake',
    versionId: 'v1',
    active: true,
    isArchived: false,
    nodes: [{ ...NODE, credentials }],
    connections: {},
    settings: { timezone: 'UTC', addedByN8n: true },
    ...changes,
  };
}

describe('readWorkflows', () => {
  it('reads the JSON files of a folder by name and leaves the rest', () => {
    put('b.json', { ...CONTENT, id: 'b' });
    put('a.json', { ...CONTENT, id: 'a', active: false });
    put('tools.ts', 'export {}');
    expect(readWorkflows(folder).map(({ fileName, isActive }) => [fileName, isActive])).toEqual([
      ['a.json', false],
      ['b.json', true],
    ]);
  });

  it('finds nothing where there is no folder', () => {
    expect(readWorkflows(path.join(folder, 'none'))).toEqual([]);
  });

  it('makes n8n look up credentials by type and name', () => {
    expect(read().content.nodes[0]?.credentials).toEqual({ stripeApi: { id: null, name: 'Stripe' } });
  });

  it.each(['{', '{"id":"w1"}'])('names the file that holds no workflow: %s', (text) => {
    expect(() => read(text)).toThrow(/intake\.json does not hold a workflow/);
  });

  it('has another hash for another text', () => {
    expect(read().hash).not.toBe(read({ ...CONTENT, name: 'Other' }).hash);
  });
});

describe('isSameWorkflow', () => {
  it('does not mind the ids of credentials', () => {
    expect(isSameWorkflow(read().content, stored())).toBe(true);
  });

  it.each([
    ['another name', { name: 'Renamed' }],
    ['a moved node', { nodes: [{ ...NODE, position: [0, 0] }] }],
    ['another credential', { nodes: [{ ...NODE, credentials: { stripeApi: { id: '1', name: 'Other' } } }] }],
    ['another connection', { connections: { Stripe: {} } }],
    ['another setting', { settings: { timezone: 'Asia/Tokyo' } }],
  ])('sees %s', (_what, changes) => {
    expect(isSameWorkflow(read().content, stored(changes))).toBe(false);
  });
});

describe('decide', () => {
  const old = stored({ name: 'As imported last time' });
  const imported = contentDigest(old);

  it.each([
    ['creates what is not there', undefined, undefined, 'create'],
    ['updates what nobody has touched since the import', old, imported, 'update'],
    ['keeps what was renamed since the import', { ...old, name: 'By a marketer' }, imported, 'keepEdited'],
    ['keeps what has got other settings', { ...old, settings: { timezone: 'X' } }, imported, 'keepEdited'],
    ['keeps what is there without ever having been imported', old, undefined, 'keepEdited'],
    ['adopts an edit that was pulled into the file', stored(), imported, 'adopt'],
    ['leaves alone what was archived', stored({ isArchived: true }), imported, 'keepArchived'],
  ] as const)('%s', (_what, inN8n, digest, decision) => {
    expect(decide(read(), inN8n, digest)).toBe(decision);
  });
});
