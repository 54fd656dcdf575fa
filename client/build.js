/**
 * Builds the event client into a folder that can be used by itself: index.js for require(), index.mjs for import, each
 * one file, and their types.
 */
const path = require('node:path');
const { writeFile } = require('node:fs/promises');
const esbuild = require('esbuild');
const ts = require('typescript');

const ENTRY = path.join(__dirname, 'index.ts');

function bundle(options) {
  return esbuild.build({
    entryPoints: [ENTRY],
    bundle: true,
    target: 'es2020',
    logLevel: 'warning',
    ...options,
  });
}

/**
 * One .d.ts for each source whose types can be seen from outside. Their imports get an extension, which ECMAScript
 * modules ask for.
 */
async function writeTypes(folder) {
  const program = ts.createProgram([ENTRY], {
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: __dirname,
    outDir: folder,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    skipLibCheck: true,
    types: ['node'],
  });
  const declarations = new Map();
  const { emitSkipped } = program.emit(undefined, (file, text) =>
    declarations.set(path.basename(file), text),
  );
  if (emitSkipped) throw new Error('The types of the event client could not be made.');

  const visible = new Set(['index.d.ts']);
  for (const file of visible) {
    const text = declarations.get(file).replace(/ from '\.\/([\w-]+)'/g, (_, name) => {
      visible.add(`${name}.d.ts`);
      return ` from './${name}.js'`;
    });
    await writeFile(path.join(folder, file), text);
  }
  await writeFile(path.join(folder, 'index.d.mts'), "export * from './index.js';\n");
}

exports.buildClient = async (folder) => {
  await Promise.all([
    bundle({ outfile: path.join(folder, 'index.js'), format: 'cjs', platform: 'node' }),
    // "neutral": an import of what only Node has fails the build.
    bundle({ outfile: path.join(folder, 'index.mjs'), format: 'esm', platform: 'neutral' }),
  ]);
  await writeTypes(folder);
};
