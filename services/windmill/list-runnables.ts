import { z } from 'zod/v4';
import { parseAnswer } from '../http';
import type { WindmillClient } from './client';
import type { RunnableKind } from './runnable';
import { WINDMILL } from './service';

/** The most that Windmill gives at a time. */
const PAGE = 100;
/** So that a list always ends, whatever an answer holds. */
const MOST_PAGES = 50;

const rows = z.array(z.object({ path: z.string(), summary: z.string().nullish() }));

export interface ListedRunnable {
  path: string;
  /** What it does, in a few words; may be empty. */
  summary: string;
}

/**
 * The deployed scripts or flows of the workspace that the token's user may see, by path. Scripts that serve Windmill
 * itself, as triggers, approvals or error handlers, are left out. Throws `ServiceError`.
 */
export async function listRunnables(client: WindmillClient, kind: RunnableKind): Promise<ListedRunnable[]> {
  const action = `list the ${kind}s`;
  const listed: ListedRunnable[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { body } = await client.call({
      action,
      method: 'GET',
      path: `/${kind}s/list`,
      query: { page, per_page: PAGE, ...(kind === 'script' && { kinds: 'script' }) },
      advice: {
        403: 'The token was made for one webhook and may not list anything: enter the path by hand, or use a token without that limit.',
      },
    });
    const found = parseAnswer({ service: WINDMILL, action }, rows, body);
    listed.push(...found.map(({ path, summary }) => ({ path, summary: summary?.trim() ?? '' })));
    if (found.length < PAGE) break;
  }
  return listed.sort((one, other) => one.path.localeCompare(other.path));
}
