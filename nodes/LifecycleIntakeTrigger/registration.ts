import type { IHookFunctions } from 'n8n-workflow';
import { ServiceError, asError } from '../../services/http';
import { operationError } from '../shared/operation-error';
import { providerSecrets } from '../shared/provider-secrets';
import {
  REGISTERING,
  announce,
  register,
  unregister,
  type RegisteringSource,
} from '../shared/provider-webhooks';
import { storeOf } from '../shared/store';
import { explainStoreError } from '../shared/test-store-connection';

/** How long what is not wanted any more stays at the provider: longer than n8n takes to publish a change. */
export const REMOVAL_DELAY_MS = 10_000;

interface Registration {
  source: RegisteringSource;
  url: string;
  /** The workflow and the node in it. */
  owner: string;
  /** An admin enters the address at the provider; the provider is only asked for what verifies its calls. */
  byHand: boolean;
}

/** Whether publishing the node has to register anything; else an admin enters the address at the provider. */
export function registersItself(context: IHookFunctions): boolean {
  return registration(context) !== undefined;
}

/** Registers the address at the provider, or repairs what is registered. */
export async function registerAtProvider(context: IHookFunctions): Promise<void> {
  const wanted = registration(context);
  if (wanted === undefined) return;
  if (wanted.byHand && (await providerSecrets(context, wanted.source)).length > 0) return;
  const found = await lookUp(context, wanted).catch((error: unknown) => {
    const message = `The lifecycle store is out of reach. ${explainStoreError(error)}`;
    // As long as it is, calls are answered with 503; without the intake it would be 404, also when the store is back.
    if (!isStarting(context)) throw operationError(context.getNode(), message);
    warn(context, `the webhook could not be checked. ${message}`);
  });
  if (found === undefined) return;
  const { store, known } = found;
  try {
    if (wanted.byHand) await announce(context, { ...wanted, known }, store);
    else await register(context, wanted, store);
  } catch (error) {
    // At its start n8n must not lose the intake over a registration that was all right; nor while the provider is
    // down. Whoever publishes is there to be told what is wrong.
    const isBearable =
      error instanceof ServiceError &&
      (known ? error.retryable || isStarting(context) : wanted.byHand && isStarting(context));
    if (!isBearable) throw operationError(context.getNode(), asError(error).message);
    if (known?.wanted === false) await store.webhooks.save({ ...known, wanted: true });
    warn(context, `the webhook could not be checked. ${error.message}`);
  }
}

/**
 * Has what was registered removed, unless it is registered again at once: for n8n, publishing a change is unpublishing
 * and publishing, and with a webhook goes what the provider has still to deliver to it. Never fails, since n8n would
 * leave the address in use.
 */
export async function removeFromProvider(context: IHookFunctions): Promise<void> {
  const wanted = registration(context);
  if (wanted === undefined) return;
  try {
    const { store, known } = await lookUp(context, wanted);
    if (!known) return;
    await store.webhooks.save({ ...known, wanted: false });
    // When n8n ends before, the next look after what is registered removes it.
    setTimeout(() => void removeUnwanted(context, wanted), REMOVAL_DELAY_MS).unref();
  } catch (error) {
    warnNotRemoved(context, wanted, error);
  }
}

async function removeUnwanted(context: IHookFunctions, wanted: Registration): Promise<void> {
  try {
    const { store, known } = await lookUp(context, wanted);
    if (known && !known.wanted) await unregister(context, known, store);
  } catch (error) {
    warnNotRemoved(context, wanted, error);
  }
}

async function lookUp(context: IHookFunctions, { source, url }: Registration) {
  const store = await storeOf(context);
  return { store, known: await store.webhooks.get(source, url) };
}

function warnNotRemoved(context: IHookFunctions, { url }: Registration, error: unknown): void {
  warn(
    context,
    `the webhook for ${url} could not be removed. ${asError(error).message} ` +
      'Remove it at the provider by hand, or leave that to the workflow "Reconcile missed".',
  );
}

function warn(context: IHookFunctions, message: string): void {
  context.logger.warn(`Lifecycle Intake: ${message}`);
}

/** What is to be registered, if anything is: not while the editor listens for a test event. */
function registration(context: IHookFunctions): Registration | undefined {
  const provider = context.getNodeParameter('provider');
  const source = REGISTERING.find((each) => each === provider);
  const byHand = context.getNodeParameter('register', false) !== true;
  const url = context.getNodeWebhookUrl('default');
  if (source === undefined || url === undefined || context.getMode() === 'manual') return undefined;
  // Discord tells its public key to whoever has the bot token, so that nobody needs to enter it.
  if (byHand && source !== 'discord') return undefined;
  return { source, url, owner: `${context.getWorkflow().id ?? ''}/${context.getNode().id}`, byHand };
}

/** Whether n8n starts, as against somebody publishing. */
export function isStarting(context: IHookFunctions): boolean {
  return ['init', 'leadershipChange'].includes(context.getActivationMode());
}
