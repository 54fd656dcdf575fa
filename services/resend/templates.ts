import { z } from 'zod/v4';
import { parseAnswer } from '../http';
import type { ResendApi } from './client';
import { RESEND } from './errors';

const PAGE = 100;
/** So that a list always ends, whatever an answer holds. */
const MOST_PAGES = 20;

const page = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullish(),
      alias: z.string().nullish(),
      status: z.string().nullish(),
    }),
  ),
  has_more: z.boolean().default(false),
});

export interface ListedTemplate {
  id: string;
  name: string;
  /** What the template is called in every account that it is kept in; stands for the id wherever one is asked for. */
  alias: string | null;
}

/** The published templates, by name; only those can be sent. Needs a key with full access. Throws `ResendError`. */
export async function listTemplates(api: ResendApi): Promise<ListedTemplate[]> {
  const action = 'list the templates';
  const listed: ListedTemplate[] = [];
  let after: string | undefined;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const { body } = await api.call({
      action,
      method: 'GET',
      path: '/templates',
      query: { limit: PAGE, ...(after !== undefined && { after }) },
    });
    const { data, has_more: hasMore } = parseAnswer({ service: RESEND, action }, page, body);
    const published = data.filter(
      ({ status }) => status === undefined || status === null || status === 'published',
    );
    listed.push(
      ...published.map(({ id, name, alias }) => ({ id, name: name || alias || id, alias: alias || null })),
    );
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) break;
  }
  return listed.sort((one, other) => one.name.localeCompare(other.name));
}
