import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A workflow file as it stands on the disk. */
export interface WorkflowText {
  /** E.g. `vip-coupon.json`. */
  file: string;
  text: string;
}

/** The workflow files of a folder, by name. */
export function readFolder(folder: string): WorkflowText[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));
}

export function writeWorkflow(folder: string, { file, text }: WorkflowText): void {
  writeFileSync(path.join(folder, file), text);
}
