import { randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import { isSameAddress, type CallOptions } from '../http';
import type { MauticApi } from './api';
import { oneWebhook, webhook, webhookTriggers, type Webhook } from './schemas';

const PATH = '/api/hooks';
/** By its name we know what we made ourselves. */
const NAME = 'Lifecycle Intake (n8n)';
const DESCRIPTION = 'Made and kept by n8n: the node "Lifecycle Intake Trigger".';
const ADVICE = {
  403: 'Check that the API and HTTP basic auth are on in Mautic under Configuration > API Settings, and that the role of the API user may view, create, edit and delete webhooks, others\' included (Settings > Roles > Permissions > Webhook Permissions), or switch "Register at the Provider" off and enter the address in Mautic by hand.',
};

export interface WantedWebhook {
  /** Where Mautic is to send events. */
  url: string;
  /** At least these kinds of events, as far as this version of Mautic has them. */
  eventTypes: readonly string[];
  /** Id of the one that was kept before. */
  id?: string | undefined;
  /** What Mautic is to sign with; left out: what the webhook has already, or a random one. */
  secret?: string | undefined;
}

export interface KeptWebhook {
  id: string;
  secret: string;
  madeByUs: boolean;
  changed: boolean;
}

/**
 * Sees to it that Mautic has a published webhook for this address, these events and this secret: the one known by
 * its id, else one that leads to the address, else a new one. What else it has is left as it is.
 */
export async function keepWebhook(api: MauticApi, wanted: WantedWebhook): Promise<KeptWebhook> {
  const known = wanted.id === undefined ? undefined : await getWebhook(api, wanted.id, wanted.url);
  const found = known ?? (await findByUrl(api, wanted.url));
  return found ? await repaired(api, found, wanted) : await create(api, wanted);
}

/** Removes the webhook if it still leads to this address; that it is gone already is as good. */
export async function removeWebhook(api: MauticApi, { id, url }: { id: string; url: string }): Promise<void> {
  if (!(await getWebhook(api, id, url))) return;
  const path = `${PATH}/${encodeURIComponent(id)}/delete`;
  const action = `delete the webhook ${id}`;
  await call(api, { action, method: 'DELETE', path, expect: [404], repeatable: true }, z.unknown());
}

/** Ids are small numbers: in another Mautic the same one is somebody else's. */
async function getWebhook(api: MauticApi, id: string, url: string): Promise<Webhook | undefined> {
  const path = `${PATH}/${encodeURIComponent(id)}`;
  const { status, value } = await call(
    api,
    { action: `read the webhook ${id}`, method: 'GET', path, expect: [404] },
    z.union([oneWebhook, z.object({ errors: z.unknown() })]),
  );
  if (status === 404 || !('hook' in value)) return undefined;
  return isSameAddress(value.hook.webhookUrl, url) ? value.hook : undefined;
}

async function findByUrl(api: MauticApi, url: string): Promise<Webhook | undefined> {
  const all = await api.list(
    { action: 'list its webhooks', path: PATH, key: 'hooks', advice: ADVICE },
    webhook,
  );
  const leading = all.filter(({ webhookUrl }) => isSameAddress(webhookUrl, url));
  return leading.find(({ name }) => name === NAME) ?? leading[0];
}

async function create(api: MauticApi, wanted: WantedWebhook): Promise<KeptWebhook> {
  const secret = wanted.secret ?? newSecret();
  const body = {
    name: NAME,
    webhookUrl: wanted.url,
    triggers: await offered(api, wanted.eventTypes),
    secret,
    isPublished: true,
  };
  const action = 'create a webhook';
  const { value } = await call(api, { action, method: 'POST', path: `${PATH}/new`, body }, oneWebhook);
  const { id } = value.hook;
  // Mautic unpublishes a webhook at its first failed delivery, unless it was edited within the last two days.
  await edit(api, id, { description: DESCRIPTION });
  return { id, secret, madeByUs: true, changed: true };
}

async function repaired(api: MauticApi, found: Webhook, wanted: WantedWebhook): Promise<KeptWebhook> {
  const secret = wanted.secret ?? (found.secret || newSecret());
  const lacking = wanted.eventTypes.filter((type) => !found.triggers.includes(type));
  const triggers = lacking.length === 0 ? [] : await offered(api, lacking);
  const changes = {
    ...(!found.isPublished && { isPublished: true }),
    ...(found.secret !== secret && { secret }),
    // What is sent here is added to what the webhook has.
    ...(triggers.length > 0 && { triggers }),
  };
  const changed = Object.keys(changes).length > 0;
  if (changed) await edit(api, found.id, changes);
  return { id: found.id, secret, madeByUs: found.name === NAME, changed };
}

/** PATCH: a PUT would empty what is not sent, and so make a new secret. */
async function edit(api: MauticApi, id: string, body: object): Promise<void> {
  const path = `${PATH}/${encodeURIComponent(id)}/edit`;
  await call(
    api,
    { action: `repair the webhook ${id}`, method: 'PATCH', path, body, repeatable: true },
    oneWebhook,
  );
}

/** Those of the kinds that this version of Mautic has. */
async function offered(api: MauticApi, eventTypes: readonly string[]): Promise<string[]> {
  const action = 'list the kinds of webhook events';
  const { value } = await call(api, { action, method: 'GET', path: `${PATH}/triggers` }, webhookTriggers);
  return eventTypes.filter((type) => type in value.triggers);
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}

function call<Schema extends z.ZodType>(api: MauticApi, options: CallOptions, schema: Schema) {
  return api.call({ ...options, advice: ADVICE }, schema);
}
