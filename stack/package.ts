import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod/v4';
import { StackError, messageOf } from './error';
import { npmCommand } from './npm';
import { DEFAULT_DATA_FOLDER, ROOT } from './paths';

const run = promisify(execFile);

/** Everything that the built package depends on; a folder stands for all files in it. */
const SOURCES = ['package.json', 'package-lock.json', 'gulpfile.js', 'tsconfig.json', 'index.js'];
const SOURCE_FOLDERS = ['credentials', 'nodes', 'services', 'store', 'client', 'workflows'];
const packedSchema = z.tuple([z.object({ filename: z.string() })]);

function sourceFiles(): string[] {
  const inFolders = SOURCE_FOLDERS.map((folder) => path.join(ROOT, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name)),
    );
  return [...SOURCES.map((file) => path.join(ROOT, file)), ...inFolders]
    .filter((file) => existsSync(file))
    .sort();
}

function sourceFingerprint(): string {
  const hash = createHash('sha256');
  for (const file of sourceFiles())
    hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

async function step(what: string, command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(command, args, { cwd: ROOT, maxBuffer: 32 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new StackError(`The package could not be ${what}. ${output || messageOf(error)}`);
  }
}

/**
 * Builds the package and packs it as it would be published; does nothing when no source has changed since.
 * @returns path of the tarball
 */
export async function packPackage(): Promise<string> {
  const folder = path.join(DEFAULT_DATA_FOLDER, 'package');
  const tarball = path.join(folder, 'package.tgz');
  const marker = path.join(folder, 'sources');
  const fingerprint = sourceFingerprint();
  const isBuilt = existsSync(path.join(ROOT, 'dist')) && existsSync(tarball) && existsSync(marker);
  if (isBuilt && readFileSync(marker, 'utf8') === fingerprint) return tarball;
  mkdirSync(folder, { recursive: true });
  rmSync(marker, { force: true });
  const npm = npmCommand();
  await step('built', process.execPath, [path.join(ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js'), 'build']);
  const packed = await step('packed', npm.command, [
    ...npm.args,
    'pack',
    '--json',
    '--pack-destination',
    folder,
  ]);
  const [{ filename }] = packedSchema.parse(JSON.parse(packed));
  renameSync(path.join(folder, filename), tarball);
  writeFileSync(marker, fingerprint);
  return tarball;
}

/**
 * Puts the packed package where n8n puts the community packages that its users install, so that its nodes are named
 * `n8n-nodes-lifecycle.<node>`.
 * @param userFolder n8n's `N8N_USER_FOLDER`
 */
export async function placePackage(tarball: string, userFolder: string): Promise<void> {
  const packages = path.join(userFolder, '.n8n', 'nodes', 'node_modules');
  const target = path.join(packages, 'n8n-nodes-lifecycle');
  mkdirSync(packages, { recursive: true });
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  await step('unpacked', 'tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
}
