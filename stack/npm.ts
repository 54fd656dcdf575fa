import path from 'node:path';

/** How to start npm: as it runs us now, else the one on the PATH. */
export function npmCommand(): { command: string; args: string[] } {
  const script = process.env.npm_execpath;
  if (script && path.basename(script) === 'npm-cli.js') return { command: process.execPath, args: [script] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] };
}
