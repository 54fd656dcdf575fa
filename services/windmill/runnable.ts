import { quotable, ServiceError } from '../http';
import { WINDMILL } from './service';

/** What Windmill can run by its path. */
export type RunnableKind = 'script' | 'flow';

/** A script or flow of a workspace. */
export interface Runnable {
  kind: RunnableKind;
  /** As Windmill shows it, e.g. `f/lifecycle/welcome_user`; it is the same wherever the script was deployed to. */
  path: string;
}

/** `u` (user), `f` (folder), or a script of Windmill's hub; then names, none of which may climb out of its place. */
const PATH = /^(?:u|f|hub)(?:\/(?!\.{1,2}(?:\/|$))[^/]+){2,}$/;

/**
 * The path as it stands in an address: each name encoded, the slashes between them as they are. Throws a `ServiceError`
 * that is not retryable for what is no path.
 */
export function encodePath({ kind, path }: Runnable): string {
  if (PATH.test(path)) return path.split('/').map(encodeURIComponent).join('/');
  throw new ServiceError(
    WINDMILL,
    `${WINDMILL} could not start the ${kind}: "${quotable(path)}" is no path of a ${kind}. Enter it as Windmill shows it, like ` +
      'f/lifecycle/welcome_user, or choose it from the list in the node.',
    false,
  );
}
