import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import { isSameAddress, parseAnswer, type CallOptions } from '../http';
import { API_VERSION, STRIPE, type StripeClient } from './client';
import { listAll } from './list';

const PATH = '/v1/webhook_endpoints';
/** Entry in the metadata of what we made ourselves. */
const MARK = { key: 'made_by', value: 'n8n-nodes-lifecycle' };
const ADVICE = {
  403: 'Give the restricted key write access to Webhook Endpoints in the Stripe dashboard, under Developers > API keys, or switch "Register at the Provider" off and enter the address there by hand.',
};

const endpoint = z.object({
  id: z.string(),
  url: z.string(),
  enabled_events: z.array(z.string()),
  status: z.string(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
type Endpoint = z.output<typeof endpoint>;

const created = z.object({ id: z.string(), secret: z.string().min(1) });

export interface WantedEndpoint {
  /** Where Stripe is to send events. */
  url: string;
  /** At least these types of events. */
  eventTypes: readonly string[];
  /** The one that was kept before, and whether its secret was kept as well. */
  known?: { id: string; hasSecret: boolean } | undefined;
  /** Whether an admin has entered a secret, so that an endpoint made by hand can be relied on. */
  knowsSecret: boolean;
}

export interface KeptEndpoint {
  id: string;
  /** Only of one that was made just now: Stripe tells it once. */
  secret?: string;
  madeByUs: boolean;
  changed: boolean;
}

/**
 * Sees to it that Stripe has an enabled webhook endpoint for this address and these events: the one known by its id,
 * else one that was made by hand, else a new one. One of our own whose secret got lost is replaced.
 */
export async function keepEndpoint(client: StripeClient, wanted: WantedEndpoint): Promise<KeptEndpoint> {
  const { known: before, knowsSecret } = wanted;
  const known = before && (before.hasSecret || knowsSecret) ? await retrieve(client, before.id) : undefined;
  // One that leads elsewhere was turned to another use on purpose.
  if (known && isSameAddress(known.url, wanted.url)) return await repaired(client, known, wanted);
  const all = await listAll(client, endpoint, {
    action: 'list its webhook endpoints',
    path: PATH,
    advice: ADVICE,
  });
  const atAddress = all.filter(({ url }) => isSameAddress(url, wanted.url));
  const byHand = atAddress.find((one) => !isOurs(one));
  if (byHand && knowsSecret) return await repaired(client, byHand, wanted);
  for (const lost of atAddress.filter(isOurs)) await removeEndpoint(client, lost.id);
  return await create(client, wanted);
}

/** Removes an endpoint; that it is gone already is as good. */
export async function removeEndpoint(client: StripeClient, id: string): Promise<void> {
  await call(client, {
    action: `delete the webhook endpoint ${id}`,
    method: 'DELETE',
    path: pathOf(id),
    expect: [404],
    repeatable: true,
  });
}

async function retrieve(client: StripeClient, id: string): Promise<Endpoint | undefined> {
  const action = `retrieve the webhook endpoint ${id}`;
  const { status, body } = await call(client, { action, method: 'GET', path: pathOf(id), expect: [404] });
  return status === 404 ? undefined : parseAnswer({ service: STRIPE, action }, endpoint, body);
}

async function create(client: StripeClient, { url, eventTypes }: WantedEndpoint): Promise<KeptEndpoint> {
  const action = 'create a webhook endpoint';
  const { body } = await call(client, {
    action,
    method: 'POST',
    path: PATH,
    form: {
      url,
      'enabled_events[]': eventTypes,
      // What an endpoint is sent has the shape of this version from then on, whatever the account's default is.
      api_version: API_VERSION,
      description: 'Lifecycle Intake in n8n',
      [`metadata[${MARK.key}]`]: MARK.value,
    },
    headers: { 'Idempotency-Key': `lifecycle-intake-${digest(url)}-${randomUUID()}` },
    repeatable: true,
  });
  return { ...parseAnswer({ service: STRIPE, action }, created, body), madeByUs: true, changed: true };
}

async function repaired(
  client: StripeClient,
  found: Endpoint,
  { eventTypes }: WantedEndpoint,
): Promise<KeptEndpoint> {
  const events = found.enabled_events.includes('*')
    ? found.enabled_events
    : [...new Set([...found.enabled_events, ...eventTypes])];
  const form = {
    ...(found.status !== 'enabled' && { disabled: 'false' }),
    ...(events.length > found.enabled_events.length && { 'enabled_events[]': events }),
  };
  const changed = Object.keys(form).length > 0;
  if (changed) {
    await call(client, {
      action: `repair the webhook endpoint ${found.id}`,
      method: 'POST',
      path: pathOf(found.id),
      form,
      repeatable: true,
    });
  }
  return { id: found.id, madeByUs: isOurs(found), changed };
}

function isOurs({ metadata }: Endpoint): boolean {
  return metadata?.[MARK.key] === MARK.value;
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

function call(client: StripeClient, options: CallOptions) {
  return client.call({ ...options, advice: ADVICE });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
