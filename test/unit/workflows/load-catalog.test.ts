import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadCatalog } from '../../../workflows/tools/load-catalog';

const PACKAGE = {
  name: 'n8n-nodes-x',
  n8n: { nodes: ['dist/Greet.node.js'], credentials: ['dist/GreetApi.credentials.js'] },
};
const DESCRIPTION = { name: 'greet', version: [1, 2], properties: [] };
const TYPES = 'stack/node_modules/n8n-nodes-base/dist/types';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'catalog-'));
  mkdirSync(path.join(root, 'dist'));
  mkdirSync(path.join(root, TYPES), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function put(file: string, content: unknown): void {
  writeFileSync(path.join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
}

function putCore(): void {
  put('package.json', PACKAGE);
  put(`${TYPES}/nodes.json`, [{ name: 'wait', version: 1, properties: [] }]);
  put(`${TYPES}/credentials.json`, [{ name: 'smtp' }]);
}

describe('loadCatalog', () => {
  it('knows our nodes and those of n8n, by the types that workflows name', () => {
    putCore();
    put('dist/Greet.node.js', `exports.Greet = class { description = ${JSON.stringify(DESCRIPTION)} };`);
    put('dist/GreetApi.credentials.js', 'exports.GreetApi = class { name = "greetApi" };');
    const catalog = loadCatalog(root);
    expect(catalog.describe('n8n-nodes-x.greet', 2)).toMatchObject({ name: 'greet' });
    expect(catalog.describe('n8n-nodes-x.greet', 3)).toBeUndefined();
    expect(catalog.versions('n8n-nodes-base.wait')).toEqual([1]);
    expect(['greetApi', 'smtp', 'gone'].map((name) => catalog.hasCredentialType(name))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('says to build the package when it is not built', () => {
    putCore();
    expect(() => loadCatalog(root)).toThrow(/Greet\.node\.js is missing\. Build the package first/);
  });

  it('says to install n8n when it is not installed', () => {
    put('package.json', PACKAGE);
    expect(() => loadCatalog(root)).toThrow(/nodes\.json is missing\. Install n8n first/);
  });
});
