import type { IAllExecuteFunctions } from 'n8n-workflow';
import * as discord from '../../services/discord';
import { ServiceError } from '../../services/http';
import { providers } from '../../services/intake';
import { keepWebhook, removeWebhook } from '../../services/mautic';
import * as resend from '../../services/resend';
import { keepEndpoint, removeEndpoint } from '../../services/stripe';
import type { Store, WebhookRegistration } from '../../store';
import { discordOf } from './discord';
import { mauticOf } from './mautic';
import { providerSecrets } from './provider-secrets';
import { resendOf } from './resend';
import { stripeOf } from './stripe';

/** Providers at which we can register our webhook ourselves. */
export const REGISTERING = ['stripe', 'mautic', 'resend', 'discord'] as const;
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
  /** Addresses that a trigger node registered at this provider, and that are not removed yet. */
  ours: readonly string[];
}

interface KeptAtProvider extends Pick<WebhookRegistration, 'externalId' | 'secret' | 'madeByUs'> {
  changed: boolean;
}

interface Registrar {
  /** What has to be kept before, since the provider calls the address while it is registered. */
  announce?(
    context: IAllExecuteFunctions,
    secrets: readonly string[],
  ): Promise<Pick<WebhookRegistration, 'externalId' | 'secret'>>;
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
  discord: {
    async announce(context, secrets) {
      const { id, publicKey } = await discord.readApplication(await discordOf(context));
      if (secrets.length > 0 && !secrets.some((key) => key.toLowerCase() === publicKey.toLowerCase()))
        throw otherPublicKey();
      return { externalId: id, secret: publicKey };
    },
    async keep(context, { url, ours }) {
      const kept = await discord.keepEndpoint(await discordOf(context), { url, ours });
      const { id: externalId, publicKey: secret, changed } = kept;
      return { externalId, secret, madeByUs: changed, changed };
    },
    remove: async (context, { url }) => discord.removeEndpoint(await discordOf(context), url),
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
  const isAnnounced = await announce(context, { source, url, owner, known }, store);
  const kept = await keep(context, { source, url, known }, store).catch(async (error: unknown) => {
    if (isAnnounced && known === undefined) await forget(store, source, url);
    throw error;
  });
  const { externalId, secret, madeByUs } = kept;
  await store.webhooks.save({ source, url, owner, externalId, secret, madeByUs, wanted: true });
  for (const other of await store.webhooks.bySource(source)) {
    if (other.owner === owner && other.url !== url)
      await unregister(context, other, store).catch(passOverServiceError);
  }
}

/**
 * Keeps what a provider tells before anything is registered there, for an address that an admin enters by hand. Throws
 * `ServiceError` when the provider is out of reach or refuses.
 */
export async function announce(
  context: IAllExecuteFunctions,
  {
    source,
    url,
    owner,
    known,
  }: { source: RegisteringSource; url: string; owner: string; known: WebhookRegistration | undefined },
  store: Store,
): Promise<boolean> {
  const told = await REGISTRARS[source].announce?.(context, await providerSecrets(context, source));
  if (told === undefined) return false;
  await store.webhooks.save({
    source,
    url,
    owner,
    ...told,
    madeByUs: known?.madeByUs ?? false,
    wanted: true,
  });
  return true;
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
  const ours = (await store.webhooks.bySource(source))
    .filter((each) => each.madeByUs)
    .map((each) => each.url);
  const kept = await REGISTRARS[source].keep(context, { url, eventTypes, known, secrets, ours });
  // An admin may have renamed what we made.
  const wasOurs = kept.externalId === known?.externalId && known.madeByUs;
  return { ...kept, madeByUs: wasOurs || kept.madeByUs };
}

/** What a provider is asked for: everything, but what comes frequently only when a workflow has asked for it. */
async function wantedTypes(source: RegisteringSource, store: Store): Promise<string[]> {
  const asked = new Set((await store.handlers.status()).flatMap(({ eventTypes }) => eventTypes));
  const provider = providers.find((each) => each.source === source);
  return (provider?.eventTypes ?? [])
    .filter(({ type, frequent }) => !frequent || asked.has(`${source}:${type}`))
    .map(({ type }) => type);
}

async function forget(store: Store, source: RegisteringSource, url: string): Promise<void> {
  const kept = await store.webhooks.get(source, url);
  if (kept === undefined) return;
  await store.webhooks.save({ ...kept, wanted: false });
  await store.webhooks.forget(source, url);
}

function otherPublicKey(): ServiceError {
  return new ServiceError(
    discord.DISCORD,
    'The public key in the Lifecycle Discord API credential is not that of the application whose bot token stands there, ' +
      'so every interaction would be refused. Copy it from the Developer Portal (your application > General Information), or ' +
      'leave it empty: then it is read with the bot token.',
    false,
  );
}

function passOverServiceError(error: unknown): void {
  if (!(error instanceof ServiceError)) throw error;
}

function registering({ source }: WebhookRegistration): RegisteringSource {
  const found = REGISTERING.find((each) => each === source);
  if (found === undefined) throw new Error(`Nothing can be registered at ${source}.`);
  return found;
}
