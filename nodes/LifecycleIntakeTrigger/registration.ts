import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';
import { ServiceError, asError } from '../../services/http';
import { register, unregister, type RegisteringSource } from '../shared/provider-webhooks';
import { storeOf } from '../shared/store';

/** Which of the intake's providers the node can register itself at. */
export const REGISTERING: readonly RegisteringSource[] = ['stripe', 'mautic'];

/** Whether publishing the node has to register anything; else an admin enters the address at the provider. */
export function registersItself(context: IHookFunctions): boolean {
  return registration(context) !== undefined;
}

/** Registers the address at the provider, or repairs what is registered. */
export async function registerAtProvider(context: IHookFunctions): Promise<void> {
  const wanted = registration(context);
  if (wanted === undefined) return;
  const store = await storeOf(context);
  const known = await store.webhooks.get(wanted.source, wanted.url);
  try {
    await register(context, wanted, store);
  } catch (error) {
    // At its start n8n must not lose the intake over a registration that was all right; nor while the provider is
    // down. Whoever publishes is there to be told what is wrong.
    const isBearable = known && error instanceof ServiceError && (error.retryable || isStarting(context));
    if (!isBearable) throw told(context, asError(error).message);
    if (!known.wanted) await store.webhooks.save({ ...known, wanted: true });
    context.logger.warn(`Lifecycle Intake: the webhook could not be checked. ${error.message}`);
  }
}

/** Removes what was registered. Never fails, since n8n would leave the address in use. */
export async function removeFromProvider(context: IHookFunctions): Promise<void> {
  const wanted = registration(context);
  if (wanted === undefined) return;
  try {
    const store = await storeOf(context);
    const known = await store.webhooks.get(wanted.source, wanted.url);
    if (known) await unregister(context, known, store);
  } catch (error) {
    context.logger.warn(
      `Lifecycle Intake: the webhook for ${wanted.url} could not be removed. ${asError(error).message} ` +
        'Remove it at the provider by hand, or leave that to the workflow "Reconcile missed".',
    );
  }
}

/** What is to be registered, if anything is: not while the editor listens for a test event. */
function registration(
  context: IHookFunctions,
): { source: RegisteringSource; url: string; owner: string } | undefined {
  const provider = context.getNodeParameter('provider');
  const source = REGISTERING.find((each) => each === provider);
  const isWanted = context.getNodeParameter('register', false) === true;
  const url = context.getNodeWebhookUrl('default');
  if (!isWanted || source === undefined || url === undefined || context.getMode() === 'manual')
    return undefined;
  return { source, url, owner: `${context.getWorkflow().id ?? ''}/${context.getNode().id}` };
}

/** n8n puts words of its own in the place of any message that names a code such as ECONNREFUSED. */
function told(context: IHookFunctions, message: string): NodeOperationError {
  const error = new NodeOperationError(context.getNode(), message);
  error.message = message;
  return error;
}

function isStarting(context: IHookFunctions): boolean {
  return ['init', 'leadershipChange'].includes(context.getActivationMode());
}
