import { cpSync, readFileSync } from 'node:fs';
import vm from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApplicationFolder } from './installed-package';
import { Receiver, TOKEN } from './receiver';

jest.setTimeout(60_000);

let receiver: Receiver;
let application: ApplicationFolder;

beforeAll(async () => {
  [receiver, application] = await Promise.all([Receiver.start(), ApplicationFolder.create()]);
});
beforeEach(() => receiver.reset());
afterAll(async () => {
  application.remove();
  await receiver.down();
});

const USE = `
createLifecycleClient()
  .userLoggedIn({ email: 'ada@example.com' })
  .then(({ delivered }) => console.log(delivered, lifecycle().id));
`;
const NAMES = '{ createLifecycleClient, lifecycle }';

async function use(file: string, text: string): Promise<void> {
  application.write(file, text + USE);
  const environment = { LIFECYCLE_WEBHOOK_URL: receiver.url, LIFECYCLE_WEBHOOK_TOKEN: TOKEN };
  expect(await application.node([file], environment)).toBe('true lifecycle');
  expect(receiver.received.map(({ body }) => body.type)).toEqual(['user.loggedIn']);
}

describe('the package', () => {
  it('is there for require()', () => use('required.cjs', `const ${NAMES} = require('n8n-nodes-lifecycle');`));

  it('is there for import', () => use('imported.mjs', `import ${NAMES} from 'n8n-nodes-lifecycle';`));

  it('is there with its types', async () => {
    const code = `
      import { createLifecycleClient, lifecycle, type Plan } from 'n8n-nodes-lifecycle';
      const plan: Plan = 'pro';
      const client = createLifecycleClient({ timeout: 5 });
      export const delivery: Promise<{ delivered: boolean }> = client.userRegistered({ email: 'a@b.de', plan });
      // @ts-expect-error There is no such plan.
      void client.userRegistered({ email: 'a@b.de', plan: 'gold' });
      export const id: 'lifecycle' = lifecycle({ client, plan: (user) => (user.email ? 'pro' : 'free') }).id;
    `;
    application.write('types/module.mts', code);
    application.write('types/common.cts', code);
    const module = { module: 'node16', moduleResolution: 'node16' };
    const compilerOptions = { ...module, strict: true, noEmit: true, types: [], lib: ['es2022'] };
    expect(await application.typeCheck({ compilerOptions, include: ['types'] })).toBe('');
  });
});

describe('the folder dist/client', () => {
  const built = () => application.at('node_modules', 'n8n-nodes-lifecycle', 'dist', 'client');

  it('works by itself, copied into an application of ECMAScript modules', async () => {
    cpSync(built(), application.at('copied', 'lifecycle'), { recursive: true });
    application.write('copied/package.json', '{ "type": "module" }');
    await use('copied/app.js', `import ${NAMES} from './lifecycle/index.mjs';`);

    application.write('copied/types.ts', `export { createLifecycleClient } from './lifecycle/index.mjs';`);
    const compilerOptions = { module: 'node16', strict: true, noEmit: true, types: [], lib: ['es2022'] };
    expect(await application.typeCheck({ compilerOptions, files: ['copied/types.ts'] })).toBe('');
  });

  it('works where there is no Node: with what an edge runtime has', async () => {
    const { URL, TextEncoder, AbortController, fetch, crypto, setTimeout, clearTimeout } = globalThis;
    const edge = { URL, TextEncoder, AbortController, fetch, crypto, setTimeout, clearTimeout };
    const module = { exports: {} as typeof import('../../../client') };
    const context = vm.createContext({ ...edge, module });
    vm.runInContext(readFileSync(`${built()}/index.js`, 'utf8'), context);
    expect(vm.runInContext('typeof process + typeof require + typeof Buffer', context)).toBe(
      'undefinedundefinedundefined',
    );
    const client = module.exports.createLifecycleClient({ url: receiver.url, token: TOKEN });
    expect(await client.userLoggedIn({ email: 'ada@example.com' })).toMatchObject({ delivered: true });
    expect(receiver.received).toHaveLength(1);
  });
});
