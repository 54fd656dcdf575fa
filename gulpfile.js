/**
 * Builds dist/: every TypeScript file by itself (so that all nodes share one copy of each module at run time, among
 * them the store's connection pools), each library they import as one bundle in dist/vendor, and the files n8n and
 * the store read beside the code: icons, codex JSON, SQL. The event client is built by itself (client/build.js).
 */
const { builtinModules } = require('node:module');
const path = require('node:path');
const { rm } = require('node:fs/promises');
const { readdirSync } = require('node:fs');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');
const { buildClient } = require('./client/build');

const FOLDERS = ['credentials', 'nodes', 'services', 'store'];
/** Provided by the n8n that loads the package. */
const HOST_PACKAGES = ['n8n-workflow'];
const OUTPUT = path.join(__dirname, 'dist');

const isProvided = (name) =>
  HOST_PACKAGES.includes(name) || name.startsWith('node:') || builtinModules.includes(name);
const vendorName = (library) => library.replace(/[^\w-]+/g, '_');

function filesBelow(folders, extension) {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((file) => file.endsWith(extension))
      .map((file) => path.join(folder, file)),
  );
}

/** Leaves relative imports alone and points library imports at dist/vendor, collecting their names. */
function separateModules(libraries) {
  return {
    name: 'separate-modules',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path: name, importer, kind }) => {
        if (kind === 'entry-point') return undefined;
        if (name.startsWith('.') || isProvided(name)) return { path: name, external: true };
        libraries.add(name);
        const importerFolder = path.dirname(path.join(OUTPUT, path.relative(__dirname, importer)));
        const vendor = path.relative(importerFolder, path.join(OUTPUT, 'vendor', `${vendorName(name)}.js`));
        return { path: vendor.split(path.sep).join('/'), external: true };
      });
    },
  };
}

async function compile() {
  const libraries = new Set();
  const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'warning' };
  await esbuild.build({
    ...common,
    entryPoints: filesBelow(FOLDERS, '.ts'),
    outdir: OUTPUT,
    outbase: __dirname,
    // Imported as it is, a bundle would have no names but "default".
    supported: { 'dynamic-import': false },
    plugins: [separateModules(libraries)],
  });
  await Promise.all(
    [...libraries].map((library) =>
      esbuild.build({
        ...common,
        stdin: { contents: `module.exports = require(${JSON.stringify(library)});`, resolveDir: __dirname },
        outfile: path.join(OUTPUT, 'vendor', `${vendorName(library)}.js`),
        // Optional native parts of libraries; they do without.
        external: ['pg-native'],
        legalComments: 'eof',
      }),
    ),
  );
}

function compileClient() {
  return buildClient(path.join(OUTPUT, 'client'));
}

function copyResources() {
  const patterns = FOLDERS.flatMap((folder) => [
    `${folder}/**/*.svg`,
    `${folder}/**/*.node.json`,
    `${folder}/**/*.sql`,
  ]);
  return src(patterns, { base: '.', allowEmpty: true, encoding: false }).pipe(dest('dist'));
}

exports.build = series(
  () => rm(OUTPUT, { recursive: true, force: true }),
  parallel(compile, compileClient, copyResources),
);
