import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../../..');
const run = promisify(execFile);

/** A folder of an application in which the package is installed as far as its event client goes. */
export class ApplicationFolder {
  private constructor(readonly path: string) {}

  static async create(): Promise<ApplicationFolder> {
    const folder = mkdtempSync(path.join(tmpdir(), 'lifecycle-client-'));
    const installed = path.join(folder, 'node_modules', 'n8n-nodes-lifecycle');
    mkdirSync(installed, { recursive: true });
    const build = 'require(process.argv[1]).buildClient(process.argv[2])';
    const client = path.join(installed, 'dist', 'client');
    await run(process.execPath, ['-e', build, path.join(ROOT, 'client', 'build.js'), client]);
    for (const file of ['package.json', 'index.js'])
      cpSync(path.join(ROOT, file), path.join(installed, file));
    return new ApplicationFolder(folder);
  }

  /** Path of something of the application, or below node_modules of something that it has installed. */
  at(...names: string[]): string {
    return path.join(this.path, ...names);
  }

  write(name: string, text: string): string {
    const file = this.at(name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Installs a package that this repository has. */
  link(name: string): void {
    symlinkSync(path.join(ROOT, 'node_modules', name), this.at('node_modules', name));
  }

  /** Runs Node in the folder, with TypeScript; gives what it prints. */
  async node(args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
    const { stdout } = await this.command(
      process.execPath,
      ['--import', path.join(ROOT, 'node_modules', 'tsx', 'dist', 'esm', 'index.mjs'), ...args],
      environment,
    );
    return stdout.trim();
  }

  /** Runs a program in the folder, with nothing of our environment but its PATH. */
  command(program: string, args: readonly string[], environment: Record<string, string> = {}) {
    const env = { PATH: process.env['PATH'], ...environment };
    return run(program, args, { cwd: this.path, env });
  }

  /** @returns what the compiler finds, on no line of its own: nothing when all is well */
  async typeCheck(options: object): Promise<string> {
    this.write('tsconfig.json', JSON.stringify(options));
    const compiler = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    try {
      return (await this.command(process.execPath, [compiler, '-p', this.path])).stdout;
    } catch (error) {
      return String(Object(error).stdout);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
