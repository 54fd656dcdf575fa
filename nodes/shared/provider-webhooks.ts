import type { IAllExecuteFunctions } from 'n8n-workflow';
import { ServiceError } from '../../services/http';
import { providers } from '../../services/intake';
import { keepWebhook, removeWebhook } from '../../services/mautic';
import * as resend from '../../services/resend';
import { keepEndpoint, removeEndpoint } from '../../services/stripe';
import type { Store, WebhookRegistration } from '../../store';
import { mauticOf } from './mautic';
import { providerSecrets } from './provider-secrets';
import { resendOf } from './resend';
import { stripeOf } from './stripe';

/** Providers at which we can register our webhook ourselves. */
export const REGISTERING = ['stripe', 'mautic', 'resend'] as const;
export type RegisteringSource = (typeof REGISTERING)[number];

/** `not ours`: nothing is registered here, an admin entered the address at the provider, or it is still to be done. */
export type Kept = 'registered' | 'repaired' | 'not ours';

interface Wanted {
  url: string;
  eventTypes: readonly string[];
  /** What was kept of it before. */
  known: Pick<WebhookRegistration, 'externalId' | 'secret'> | undefined;
  /** The credential's. */
  secrets: readonly string[];
}

interface KeptAtProvider extends Pick<WebhookRegistration, 'externalId' | 'secret' | 'madeByUs'> {
  changed: boolean;
}

interface Registrar {
  keep(context: IAllExecuteFunctions, wanted: Wanted): Promise<KeptAtProvider>;
  remove(context: IAllExecuteFunctions, registration: WebhookRegistration): Promise<void>;
}

/** For a provider that makes the secret up itself, and may tell it only once: what is known holds for the same webhook. */
function tellingOnce(
  keepThere: (context: IAllExecuteFunctions, wanted: resend.WantedWebhook) => Promise<resend.KeptWebhook>,
  removeThere: (context: IAllExecuteFunctions, id: string) => Promise<void>,
): Registrar {
  return {
    async keep(context, { url, eventTypes, known, secrets }) {
      const kept = await keepThere(context, {
        url,
        eventTypes,
        known: known && { id: known.externalId, hasSecret: known.secret !== null },
        knowsSecret: secrets.length > 0,
      });
      // For any other one the credential has it.
      const secret = kept.secret ?? (kept.id === known?.externalId ? known.secret : null);
      return { externalId: kept.id, secret, madeByUs: kept.madeByUs, changed: kept.changed };
    },
    remove: (context, { externalId }) => removeThere(context, externalId),
  };
}

const REGISTRARS: Readonly<Record<RegisteringSource, Registrar>> = {
  stripe: tellingOnce(
    async (context, wanted) => keepEndpoint(await stripeOf(context), wanted),
    async (context, id) => removeEndpoint(await stripeOf(context), id),
  ),
  mautic: {
    async keep(context, { url, eventTypes, known, secrets }) {
      const secret = secrets[0] ?? known?.secret ?? undefined;
      const api = await mauticOf(context);
      const { id, ...kept } = await keepWebhook(api, { url, eventTypes, secret, id: known?.externalId });
      return { externalId: id, ...kept };
    },
    remove: async (context, { externalId: id, url }) => removeWebhook(await mauticOf(context), { id, url }),
  },
  resend: tellingOnce(
    async (context, wanted) => resend.keepWebhook(await resendOf(context), wanted),
    async (context, id) => resend.removeWebhook(await resendOf(context), id),
  ),
};

/**
 * Sees to it that the provider sends its events to `url`, and keeps what is needed for verifying and removing that.
 * What was registered for another address of the same trigger node is removed, if need be by a later
 * {@link keepRegistered}. Throws `ServiceError` when the provider is out of reach or refuses.
 */
export async function register(
  context: IAllExecuteFunctions,
  { source, url, owner }: { source: RegisteringSource; url: string; owner: string },
  store: Store,
): Promise<void> {
  const known = await store.webhooks.get(source, url);
  const { externalId, secret, madeByUs } = await keep(context, { source, url, known }, store);
  await store.webhooks.save({ source, url, owner, externalId, secret, madeByUs, wanted: true });
  for (const other of await store.webhooks.bySource(source)) {
    if (other.owner === owner && other.url !== url)
      await unregister(context, other, store).catch(passOverServiceError);
  }
}

/**
 * Removes from the provider what we made there ourselves, and forgets the registration in any case but one: when the
 * provider does not take the removal, it is kept as not wanted, for a later {@link keepRegistered}, and the
 * `ServiceError` is thrown.
 */
export async function unregister(
  context: IAllExecuteFunctions,
  registration: WebhookRegistration,
  store: Store,
): Promise<void> {
  const source = registering(registration);
  await store.webhooks.save({ ...registration, wanted: false });
  if (registration.madeByUs) await REGISTRARS[source].remove(context, registration);
  await store.webhooks.forget(source, registration.url);
}

/**
 * Checks every registration of a provider and repairs it: published or enabled again, missing events added, made anew
 * when the provider knows it no more (a 404, nothing else), removed when that failed before. Throws `ServiceError`
 * when the provider is out of reach or refuses, after all of them were tried.
 */
export async function keepRegistered(
  context: IAllExecuteFunctions,
  source: RegisteringSource,
  store: Store,
): Promise<Kept> {
  const failures: unknown[] = [];
  let result: Kept = 'not ours';
  for (const known of await store.webhooks.bySource(source)) {
    try {
      if (!known.wanted) await unregister(context, known, store);
      else if (await refresh(context, known, store)) result = 'repaired';
      else if (result === 'not ours') result = 'registered';
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return result;
}

/** Gives whether anything had to be repaired. */
async function refresh(
  context: IAllExecuteFunctions,
  known: WebhookRegistration,
  store: Store,
): Promise<boolean> {
  const source = registering(known);
  const { changed, ...kept } = await keep(context, { source, url: known.url, known }, store);
  // The workflow may have been unpublished meanwhile, and must stay so.
  const isKnown = await store.webhooks.refresh({ ...known, ...kept });
  if (!isKnown && kept.madeByUs) await REGISTRARS[source].remove(context, { ...known, ...kept });
  return changed;
}

async function keep(
  context: IAllExecuteFunctions,
  { source, url, known }: { source: RegisteringSource; url: string; known: WebhookRegistration | undefined },
  store: Store,
): Promise<KeptAtProvider> {
  const secrets = await providerSecrets(context, source);
  const eventTypes = await wantedTypes(source, store);
  const kept = await REGISTRARS[source].keep(context, { url, eventTypes, known, secrets });
  // An admin may have renamed what we made.
  const madeByUs = kept.externalId === known?.externalId ? known.madeByUs : kept.madeByUs;
  return { ...kept, madeByUs };
}

/** What a provider is asked for: everything, but what comes frequently only when a workflow has asked for it. */
async function wantedTypes(source: RegisteringSource, store: Store): Promise<string[]> {
  const asked = new Set((await store.handlers.status()).flatMap(({ eventTypes }) => eventTypes));
  const provider = providers.find((each) => each.source === source);
  return (provider?.eventTypes ?? [])
    .filter(({ type, frequent }) => !frequent || asked.has(`${source}:${type}`))
    .map(({ type }) => type);
}

function passOverServiceError(error: unknown): void {
  if (!(error instanceof ServiceError)) throw error;
}

function registering({ source }: WebhookRegistration): RegisteringSource {
  const found = REGISTERING.find((each) => each === source);
  if (found === undefined) throw new Error(`Nothing can be registered at ${source}.`);
  return found;
}
