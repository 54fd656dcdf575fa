import { nameBasedUuid } from '../http';
import type { Runnable } from './runnable';

/** Namespace of our job ids, made up once. */
const NAMESPACE = '6f6d1c52-a4c1-4f0e-9a3b-7d0c58e2b914';

/**
 * The id of the job that a cause stands for: always the same for the same script or flow of a workspace, so that
 * Windmill itself refuses to run it twice.
 */
export function jobIdOf(workspace: string, { kind, path }: Runnable, cause: string): string {
  return nameBasedUuid(NAMESPACE, JSON.stringify([workspace, kind, path, cause]));
}
