import { execFileSync } from 'node:child_process';
import { findNode } from '../../stack/install';

/** Path of a Node.js with `node:sqlite`: this one or n8n's; undefined while n8n has not been installed yet. */
export function sqliteNode(): string | undefined {
  return [() => process.execPath, findNode].map(pathOf).find((node) => node && hasSqlite(node));
}

function pathOf(find: () => string): string | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

function hasSqlite(node: string): boolean {
  try {
    execFileSync(node, ['-e', "require('node:sqlite')"], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
