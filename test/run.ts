import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { StackError, messageOf } from '../stack/error';
import { ensureInstalled } from '../stack/install';
import { packPackage } from '../stack/package';
import { ROOT } from '../stack/paths';
import { Terminal } from '../stack/terminal';
import { CHROMIUM_MISSING, findChromium } from './chromium';
import { splitArguments } from './run-arguments';
import { prepareDataFolder } from './support/prepared';

/**
 * Projects that need only the repository; and those that start the real n8n. How many test files run side by side: left to
 * itself, jest leaves a core idle. A test of n8n waits more than it works, so two share whatever the machine has.
 */
const GROUPS = [
  { projects: ['unit', 'contract'], startsN8n: false, workers: '100%' },
  { projects: ['e2e'], startsN8n: true, workers: '2' },
  { projects: ['browser', 'chaos'], startsN8n: true, workers: '2' },
] as const;
/** How jest is told by hand how many files to run side by side. */
const WORKERS_OPTION = /^(-i|--runInBand|-w|--maxWorkers)\b/;

function hasTests(project: string): boolean {
  const folder = path.join(ROOT, 'test', project);
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith('.test.ts'))
  );
}

/** @returns jest's exit code */
function runJest(args: readonly string[]): Promise<number> {
  const jest = path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const child = spawn(process.execPath, [jest, ...args], { cwd: ROOT, stdio: 'inherit' });
  // Ctrl-C reaches jest as well; wait for it to end what its tests have started.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Ctrl-C ends what it has started as well. */
async function prepared(): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  await prepareDataFolder(interruption.signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
}

async function main(): Promise<number> {
  const { projects: wanted, rest } = splitArguments(process.argv.slice(2));
  const groups = GROUPS.map(({ projects, ...group }) => ({
    projects: projects.filter((name) => (!wanted || wanted.includes(name)) && hasTests(name)),
    ...group,
  })).filter(({ projects }) => projects.length > 0);
  if (groups.length === 0) throw new StackError(`There are no tests in ${wanted?.join(', ') ?? 'test/'}.`);

  if (groups.some(({ projects }) => projects.includes('browser')) && !findChromium()) {
    throw new StackError(CHROMIUM_MISSING);
  }
  if (groups.some(({ startsN8n }) => startsN8n)) {
    const progress = new Terminal();
    await ensureInstalled({ progress });
    await progress.step('Building the package', () => packPackage());
    await progress.step('Preparing a database for n8n', prepared);
  }
  let exitCode = 0;
  for (const { projects, workers } of groups) {
    const code = await runJest([
      // A filter may leave nothing to do in one of the groups.
      ...(rest.length > 0 ? ['--passWithNoTests'] : []),
      ...(rest.some((option) => WORKERS_OPTION.test(option)) ? [] : [`--maxWorkers=${workers}`]),
      ...rest,
      '--selectProjects',
      ...projects,
    ]);
    exitCode ||= code;
  }
  return exitCode;
}

main()
  .then((exitCode) => {
    process.exitCode = exitCode;
  })
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
