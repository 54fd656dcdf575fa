import { createHash } from 'node:crypto';
import type { Runnable } from './runnable';

/** Namespace of our job ids, made up once. */
const NAMESPACE = Buffer.from('6f6d1c52a4c14f0e9a3b7d0c58e2b914', 'hex');

/**
 * The id of the job that a cause stands for: always the same for the same script or flow of a workspace, so that
 * Windmill itself refuses to run it twice. A name-based UUID (RFC 9562, 5.5).
 */
export function jobIdOf(workspace: string, { kind, path }: Runnable, cause: string): string {
  const name = JSON.stringify([workspace, kind, path, cause]);
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
