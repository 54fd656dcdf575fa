import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(__dirname, '../..');

/** What a folder's files may import: folders below the root, packages, and Node's own modules as `node:`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  client: ['client'],
  credentials: ['credentials', 'n8n-workflow', 'node:'],
  nodes: ['nodes', 'services', 'store', 'n8n-workflow', 'zod/v4', 'p-limit', 'luxon', 'echarts', 'node:'],
  'services/email': ['services/email', 'services/names', 'liquidjs', 'markdown-it', 'luxon'],
  'services/espocrm': ['services/espocrm', 'services/http', 'zod/v4', 'p-limit', 'node:'],
  'services/discord': ['services/discord', 'services/http', 'services/names', 'zod/v4', 'node:'],
  'services/http': ['services/http', 'zod/v4', 'node:'],
  'services/intake': ['services/intake', 'services/http', 'services/names', 'zod/v4', 'node:'],
  'services/lemon-squeezy': ['services/lemon-squeezy', 'zod/v4'],
  'services/mautic': ['services/mautic', 'services/http', 'services/names', 'zod/v4', 'p-limit', 'node:'],
  'services/names': ['services/names'],
  'services/resend': ['services/resend', 'services/http', 'services/names', 'zod/v4', 'node:'],
  'services/shopware': ['services/shopware', 'services/http', 'zod/v4', 'p-limit', 'node:'],
  'services/slack': ['services/slack', 'services/http'],
  'services/stripe': ['services/stripe', 'services/http', 'zod/v4', 'p-limit', 'node:'],
  'services/trial-leads': ['services/trial-leads', 'zod/v4', 'node:'],
  'services/twenty': ['services/twenty', 'services/http', 'zod/v4', 'p-limit', 'node:'],
  'services/windmill': ['services/windmill', 'services/http', 'zod/v4', 'p-limit', 'node:'],
  store: ['store', 'pg', 'luxon', 'node:'],
  sandbox: ['sandbox', 'zod/v4', 'find-my-way', 'axios', 'node:'],
};

describe('the layers', () => {
  it('are all covered here', () => {
    const services = readdirSync(path.join(ROOT, 'services')).map((name) => `services/${name}`);
    expect(Object.keys(ALLOWED)).toEqual(expect.arrayContaining(services));
  });

  it.each(Object.entries(ALLOWED))('%s imports only what it may', (folder, allowed) => {
    const files = readdirSync(path.join(ROOT, folder), { recursive: true })
      .map((name) => path.join(folder, String(name)))
      .filter((file) => file.endsWith('.ts'));
    expect(files).not.toEqual([]);
    const forbidden = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => !allowed.some((each) => isWithin(name, each)))
        .map((name) => `${file} imports ${name}`),
    );
    expect(forbidden).toEqual([]);
  });
});

function importsOf(file: string): string[] {
  const source = readFileSync(path.join(ROOT, file), 'utf8');
  const names = [...source.matchAll(/(?:^|\n)(?:import|export)[^'";]*?from '([^']+)'|import\('([^']+)'\)/g)];
  return names.map(([, from, dynamic]) => {
    const name = from ?? dynamic ?? '';
    return name.startsWith('.') ? path.join(path.dirname(file), name) : name;
  });
}

function isWithin(name: string, allowed: string): boolean {
  return name === allowed || name.startsWith(allowed.endsWith(':') ? allowed : `${allowed}/`);
}
