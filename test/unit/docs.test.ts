import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readServices } from '../../stack/services';

const ROOT = path.resolve(__dirname, '../..');
const REPOSITORY = 'https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => file.endsWith(ending));
}

const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...filesBelow('docs', '.md')];

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const text = read(page).replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with a link, which is relative to the root of the repository; `undefined` when it leads somewhere. */
function problemOf(link: string): string | undefined {
  const [file = '', anchor] = link.split('#');
  if (!existsSync(path.join(ROOT, file))) return `${link}: there is no such file`;
  if (anchor === undefined || anchorsOf(file).includes(anchor)) return undefined;
  return `${link}: the page has no such heading`;
}

/** Links between the pages and to pictures. */
function linksOf(page: string): string[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)|<img[^>]+src="([^"]+)"/g)]
    .map(([, inText, image]) => inText ?? image ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => (target.startsWith('#') ? page + target : path.join(path.dirname(page), target)));
}

describe('the documentation', () => {
  it.each(pages)('%s links only to what exists', (page) => {
    expect(linksOf(page).flatMap((link) => problemOf(link) ?? [])).toEqual([]);
  });

  it.each([...filesBelow('nodes', '.node.json'), ...filesBelow('credentials', '.ts')])(
    'has the heading that %s links to',
    (file) => {
      const links = [...read(file).matchAll(new RegExp(`${REPOSITORY}/blob/main/([^"']+)`, 'g'))];
      expect(links.flatMap(([, link = '']) => problemOf(link) ?? [])).toEqual([]);
      if (file.endsWith('.node.json')) expect(links).not.toEqual([]);
    },
  );

  it('has a section on every node', () => {
    const nodes = filesBelow('nodes', '.node.ts').map(
      (file) => /displayName: '([^']+)'/.exec(read(file))?.[1] ?? file,
    );
    const sections = [...read('docs/nodes.md').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(sections.sort()).toEqual(nodes.sort());
  });

  it('has a page on every workflow', () => {
    const workflows = readdirSync(path.join(ROOT, 'workflows')).filter((file) => file.endsWith('.json'));
    const expected = workflows.map((file) => `docs/workflows/${file.replace('.json', '.md')}`);
    expect(filesBelow('docs/workflows', '.md').sort()).toEqual(expected.sort());
  });
});

describe('.env.example', () => {
  it('lists every variable that the stack reads, and no other', () => {
    const seen = new Set<string>();
    const environment = new Proxy<Record<string, string>>(
      {},
      { get: (_, name) => void seen.add(String(name)) },
    );
    readServices(environment);
    const launcher = read('stack/start.ts') + read('stack/stack.ts');
    for (const [, name = ''] of launcher.matchAll(/(?:process\.env\.|environment, '|port\(')([A-Z]\w+)/g)) {
      seen.add(name);
    }
    const listed = [...read('.env.example').matchAll(/^([A-Z]\w+)=/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...seen].sort());
  });
});
