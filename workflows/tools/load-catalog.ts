import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { INodeTypeDescription } from 'n8n-workflow';
import { z } from 'zod/v4';
import { Catalog, type CatalogEntry } from './catalog';
import { ToolError } from './error';

const CORE_PACKAGE = 'n8n-nodes-base';

const packageSchema = z.object({
  name: z.string(),
  n8n: z.object({ nodes: z.array(z.string()), credentials: z.array(z.string()) }),
});
const descriptionSchema = z
  .looseObject({
    name: z.string(),
    version: z.union([z.number(), z.array(z.number())]),
    properties: z.array(z.looseObject({ name: z.string(), type: z.string() })),
  })
  .transform((description) => description as unknown as INodeTypeDescription);
const nodeSchema = z.object({ description: descriptionSchema });
const namedSchema = z.object({ name: z.string() });

/**
 * Reads what our package and n8n's own nodes say about themselves.
 * @param root the checkout: our nodes as built in `dist/`, n8n's own as installed in `stack/`
 */
export function loadCatalog(root: string): Catalog {
  const own = packageSchema.parse(readJson(path.join(root, 'package.json'), 'Run it in the checkout.'));
  const types = path.join(root, 'stack', 'node_modules', CORE_PACKAGE, 'dist', 'types');
  const install = 'Install n8n first: npm ci --prefix stack';
  const core = z.array(descriptionSchema).parse(readJson(path.join(types, 'nodes.json'), install));
  const coreCredentials = z.array(namedSchema).parse(readJson(path.join(types, 'credentials.json'), install));
  const entries: CatalogEntry[] = [
    ...core.map((description) => ({ type: `${CORE_PACKAGE}.${description.name}`, description })),
    ...own.n8n.nodes.map((file) => {
      const { description } = nodeSchema.parse(instance(path.join(root, file)));
      return { type: `${own.name}.${description.name}`, description };
    }),
  ];
  const ownCredentials = own.n8n.credentials.map((file) =>
    namedSchema.parse(instance(path.join(root, file))),
  );
  return new Catalog(
    entries,
    [...coreCredentials, ...ownCredentials].map(({ name }) => name),
  );
}

function readJson(file: string, advice: string): unknown {
  if (!existsSync(file)) throw new ToolError(`${file} is missing. ${advice}`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** An instance of the class that n8n makes of a built file: the one named like the file. */
function instance(file: string): unknown {
  if (!existsSync(file)) throw new ToolError(`${file} is missing. Build the package first: npm run build`);
  const className = path.basename(file).split('.', 1)[0] ?? '';
  const exported: unknown = createRequire(__filename)(file);
  const constructors = z.record(z.string(), z.unknown()).parse(exported);
  const constructor = constructors[className];
  if (typeof constructor !== 'function') {
    throw new ToolError(`${file} does not export the class ${className}. Build it anew: npm run build`);
  }
  return Reflect.construct(constructor, []);
}
