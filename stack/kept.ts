import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod/v4';
import { StackError, messageOf } from './error';

/**
 * Reads a JSON file of the data folder.
 * @returns `undefined` when there is none
 * @throws StackError when it cannot be read or does not fit
 */
export function readKept<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): z.infer<Schema> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new StackError(
      `${file} cannot be read (${messageOf(error)}). Run as the user who created it, or remove the folder it is in to start afresh.`,
    );
  }
}

/** Writes a JSON file of the data folder, readable by this user only, so that a crash leaves the old or the new one. */
export function writeKept(file: string, content: object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.new`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
