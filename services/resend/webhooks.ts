import { z } from 'zod/v4';
import { isSameAddress, parseAnswer } from '../http';
import type { ResendApi, ResendCall } from './client';
import { RESEND, ResendError } from './errors';

const PATH = '/webhooks';
const PAGE_SIZE = 100;
/** So that a list always ends, whatever an answer holds. */
const MOST_PAGES = 20;
const BY_HAND =
  'Or switch "Register at the Provider" off, enter the address in Resend by hand under Webhooks, and its signing secret in the credential.';

const webhook = z.object({
  id: z.string(),
  endpoint: z.string(),
  /** Null: all. */
  events: z.array(z.string()).nullish(),
  status: z.string().nullish(),
  /** Not in the list; Resend's documentation is at odds about the rest. */
  signing_secret: z.string().startsWith('whsec_').nullish().catch(null),
});
type Webhook = z.output<typeof webhook>;

const page = z.object({ data: z.array(webhook), has_more: z.boolean().default(false) });
const created = z.object({ id: z.string(), signing_secret: z.string().startsWith('whsec_') });

export interface WantedWebhook {
  /** Where Resend is to send events. */
  url: string;
  /** At least these types of events. */
  eventTypes: readonly string[];
  /** The one that was kept before, and whether its secret was kept as well. */
  known?: { id: string; hasSecret: boolean } | undefined;
  /** Whether an admin has entered a secret, so that a webhook made by hand can be relied on. */
  knowsSecret: boolean;
}

export interface KeptWebhook {
  id: string;
  /** Left out when Resend does not tell it. */
  secret?: string;
  /** Resend's webhooks have no name: only one that was made just now is known to be ours. */
  madeByUs: boolean;
  changed: boolean;
}

/**
 * Sees to it that Resend has an enabled webhook for this address and these events, whose secret is known: the one known by
 * its id, else one that leads to the address, else a new one beside it. Needs a key with full access. Throws `ResendError`.
 */
export async function keepWebhook(api: ResendApi, wanted: WantedWebhook): Promise<KeptWebhook> {
  const { url, known, knowsSecret } = wanted;
  const before = known && (await read(api, known.id));
  // One that leads elsewhere was turned to another use on purpose.
  const isThere = before !== undefined && isSameAddress(before.endpoint, url);
  const found = isThere ? before : await findByUrl(api, url);
  if (!found) return await create(api, wanted);
  const isUsable = found.signing_secret || knowsSecret || (found.id === known?.id && known.hasSecret);
  return isUsable ? await repaired(api, found, wanted) : await create(api, wanted);
}

/** Removes the webhook; that it is gone already is as good. */
export async function removeWebhook(api: ResendApi, id: string): Promise<void> {
  await unlessGone(
    call(api, { action: `delete the webhook ${id}`, method: 'DELETE', path: pathOf(id), repeatable: true }),
  );
}

async function read(api: ResendApi, id: string): Promise<Webhook | undefined> {
  const action = `read the webhook ${id}`;
  const answer = await unlessGone(call(api, { action, method: 'GET', path: pathOf(id) }));
  return answer && parseAnswer({ service: RESEND, action }, webhook, answer.body);
}

/** The newest that leads to the address, with its secret when Resend tells it. */
async function findByUrl(api: ResendApi, url: string): Promise<Webhook | undefined> {
  const action = 'list its webhooks';
  let after: string | undefined;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const query = { limit: PAGE_SIZE, ...(after !== undefined && { after }) };
    const { body } = await call(api, { action, method: 'GET', path: PATH, query });
    const { data, has_more: hasMore } = parseAnswer({ service: RESEND, action }, page, body);
    const found = data.find(({ endpoint }) => isSameAddress(endpoint, url));
    if (found) return await read(api, found.id);
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) break;
  }
  return undefined;
}

async function create(api: ResendApi, { url, eventTypes }: WantedWebhook): Promise<KeptWebhook> {
  const action = 'create a webhook';
  const { body } = await call(api, {
    action,
    method: 'POST',
    path: PATH,
    body: { endpoint: url, events: eventTypes },
  });
  const { id, signing_secret: secret } = parseAnswer({ service: RESEND, action }, created, body);
  return { id, secret, madeByUs: true, changed: true };
}

async function repaired(
  api: ResendApi,
  { id, events, status, signing_secret: secret }: Webhook,
  { eventTypes }: WantedWebhook,
): Promise<KeptWebhook> {
  const lacking = events ? eventTypes.filter((type) => !events.includes(type)) : [];
  const changes = {
    ...(status === 'disabled' && { status: 'enabled' }),
    ...(lacking.length > 0 && { events: [...(events ?? []), ...lacking] }),
  };
  const changed = Object.keys(changes).length > 0;
  if (changed) {
    const action = `repair the webhook ${id}`;
    await call(api, { action, method: 'PATCH', path: pathOf(id), body: changes, repeatable: true });
  }
  return { id, ...(secret && { secret }), madeByUs: false, changed };
}

async function unlessGone<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  return await answer.catch((error: unknown) => {
    if (error instanceof ResendError && error.status === 404) return undefined;
    throw error;
  });
}

/** A key that may only send is all that is needed elsewhere; here there is a way to do with it. */
async function call(api: ResendApi, options: ResendCall) {
  return await api.call(options).catch((error: unknown) => {
    if (!(error instanceof ResendError) || (error.status !== 401 && error.status !== 403)) throw error;
    const { message, retryable, status, unsent } = error;
    throw new ResendError(`${message} ${BY_HAND}`, retryable, status, unsent);
  });
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}
