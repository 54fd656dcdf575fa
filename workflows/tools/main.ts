import path from 'node:path';
import type { Catalog } from './catalog';
import { check, fix, type Finding } from './check';
import { ToolError, explain } from './error';
import { readFolder, writeWorkflow } from './folder';
import { loadCatalog } from './load-catalog';
import { connect } from './n8n/connect';
import { pull } from './pull';
import { push } from './push';

const ROOT = path.resolve(__dirname, '..', '..');
const FOLDER = path.join(ROOT, 'workflows');

const USAGE = `npm run workflows -- check [--fix]   check the workflow files; --fix puts sound ones into canonical form
npm run workflows -- pull [id …]     take workflows from n8n into their files
npm run workflows -- push [id …]     make n8n hold and run what the files say

pull and push: N8N_URL, and N8N_API_KEY or N8N_OWNER_EMAIL and N8N_OWNER_PASSWORD;
without any, the n8n that npm start runs on this machine.`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(findings: readonly Finding[]): void {
  for (const { file, node, reason, advice } of findings) {
    say(`${file}${node === undefined ? '' : `, "${node}"`}: ${reason}. ${advice}`);
  }
}

function runCheck(catalog: Catalog, isFixing: boolean): void {
  if (isFixing) {
    for (const fixed of fix(readFolder(FOLDER), catalog)) {
      writeWorkflow(FOLDER, fixed);
      say(`${fixed.file}: written anew in canonical form`);
    }
  }
  const files = readFolder(FOLDER);
  const findings = check(files, catalog);
  report(findings);
  if (findings.length > 0) throw new ToolError(`Findings: ${findings.length}, in ${files.length} workflows.`);
  say(`${files.length} workflows, no findings.`);
}

async function runPull(catalog: Catalog, ids: readonly string[]): Promise<void> {
  const files = readFolder(FOLDER);
  const wanted = ids.length > 0 ? ids : files.map(({ file }) => path.basename(file, '.json'));
  const { pulled, missing } = await pull(await connect(ROOT, process.env), wanted, catalog);
  for (const { file, text, hasUnpublishedChanges } of pulled) {
    const before = files.find((other) => other.file === file)?.text;
    if (text !== before) writeWorkflow(FOLDER, { file, text });
    const what = text === before ? 'unchanged' : before === undefined ? 'new' : 'changed';
    say(`${file}: ${what}${hasUnpublishedChanges ? ' (with edits that are not published yet)' : ''}`);
  }
  if (missing.length > 0) {
    throw new ToolError(`n8n has no workflow with the id ${missing.join(', ')}, or it is archived there.`);
  }
}

async function runPush(catalog: Catalog, ids: readonly string[]): Promise<void> {
  const files = readFolder(FOLDER);
  const unknown = ids.filter((id) => !files.some(({ file }) => file === `${id}.json`));
  if (unknown.length > 0) throw new ToolError(`There is no file for ${unknown.join(', ')} in workflows/.`);
  const findings = check(files, catalog);
  report(findings);
  if (findings.length > 0) throw new ToolError('Nothing was pushed: put the findings right first.');
  const chosen = files.filter(({ file }) => ids.length === 0 || ids.includes(path.basename(file, '.json')));
  for (const { id, did } of await push(await connect(ROOT, process.env), chosen, catalog)) {
    say(`${id}: ${did.join(', ') || 'unchanged'}`);
  }
}

async function main([command, ...rest]: readonly string[]): Promise<void> {
  const options = rest.filter((argument) => argument.startsWith('-'));
  const ids = rest.filter((argument) => !argument.startsWith('-'));
  const isFixing = command === 'check' && options.length === 1 && options[0] === '--fix';
  const isUnderstood = (options.length === 0 || isFixing) && !(command === 'check' && ids.length > 0);
  if (isUnderstood && command === 'check') return runCheck(loadCatalog(ROOT), isFixing);
  if (isUnderstood && command === 'pull') return await runPull(loadCatalog(ROOT), ids);
  if (isUnderstood && command === 'push') return await runPush(loadCatalog(ROOT), ids);
  throw new ToolError(USAGE);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
