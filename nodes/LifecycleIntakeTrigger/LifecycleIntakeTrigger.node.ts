import {
  NodeConnectionTypes,
  type IDataObject,
  type IHookFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import {
  providers,
  receive,
  unavailable,
  type IntakeAnswer,
  type IntakeEvent,
  type Provider,
} from '../../services/intake';
import { credentialsHere, shownOnlyFor } from '../shared/credential-choice';
import { testStoreConnection } from '../shared/test-store-connection';
import { testAppEventsToken } from './app-events-token';
import { intakeAccess, type IntakeAccess } from './intake-access';
import { REGISTERING, registerAtProvider, registersItself, removeFromProvider } from './registration';

const SOURCES = providers.map(({ source }) => source);
const TITLES = Object.fromEntries(providers.map(({ source, title }) => [source, title]));

export class LifecycleIntakeTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Lifecycle Intake Trigger',
    name: 'lifecycleIntakeTrigger',
    icon: { light: 'file:lifecycleIntakeTrigger.svg', dark: 'file:lifecycleIntakeTrigger.dark.svg' },
    group: ['trigger'],
    // From version 2 on n8n evaluates no expression for a webhook call, which costs it most of the call's time.
    version: 2,
    subtitle: `={{ (${JSON.stringify(TITLES)})[$parameter["provider"]] }}`,
    description:
      'Takes the webhooks of one provider: verified, stored and answered, without starting an execution',
    eventTriggerDescription: '',
    activationMessage: 'Events are now taken in and stored for the workflows that handle them.',
    defaults: { name: 'Lifecycle Intake Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' },
      {
        name: 'lifecycleStripeApi',
        required: true,
        displayOptions: shownOnlyFor('provider', 'stripe', SOURCES),
      },
      {
        name: 'lifecycleMauticApi',
        required: true,
        displayOptions: shownOnlyFor('provider', 'mautic', SOURCES),
      },
      {
        name: 'lifecycleAppEventsApi',
        required: true,
        testedBy: 'testAppEventsToken',
        displayOptions: shownOnlyFor('provider', 'app', SOURCES),
      },
    ],
    webhooks: [
      {
        name: 'default',
        httpMethod: 'POST',
        responseMode: 'onReceived',
        responseData: '',
        path: 'lifecycle',
      },
    ],
    properties: [
      {
        displayName: 'Provider',
        name: 'provider',
        type: 'options',
        noDataExpression: true,
        options: providers.map(({ source, title }) => ({ name: title, value: source })),
        default: 'stripe',
        description: 'Whose webhooks come in at this address',
      },
      credentialsHere,
      {
        displayName: 'Register at the Provider',
        name: 'register',
        type: 'boolean',
        noDataExpression: true,
        default: false,
        displayOptions: { show: { provider: [...REGISTERING] } },
        description:
          "Whether publishing makes the webhook at the provider, repairs it, and unpublishing removes it again. In Mautic, the API user's role must be allowed to view, create, edit and delete webhooks; at Stripe, a restricted key needs write access to Webhook Endpoints. When off, enter the Production URL there by hand and its secret in the credential.",
      },
      {
        displayName:
          'Enter the Production URL above at the provider, unless the node registers itself there. Nothing runs behind this node: a workflow that starts with a Lifecycle Event Trigger works on the events. Each call is answered only after its event is stored, so none is lost.',
        name: 'notice',
        type: 'notice',
        default: '',
      },
    ],
  };

  methods = { credentialTest: { testAppEventsToken, testStoreConnection } };

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions) {
        return !registersItself(this);
      },
      async create(this: IHookFunctions) {
        await registerAtProvider(this);
        return true;
      },
      async delete(this: IHookFunctions) {
        await removeFromProvider(this);
        return true;
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    const source = this.getNodeParameter('provider') as string;
    const provider = providers.find((each) => each.source === source);
    const taken: IntakeEvent[] = [];
    const answer = provider
      ? await take(this, provider, taken)
      : { status: 500, body: { received: false, reason: `the provider "${source}" is unknown` } };

    const response = this.getResponseObject();
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    response.status(answer.status).json(answer.body);
    if (this.getMode() !== 'manual') return { noWebhookResponse: true };
    // In the editor the events are shown instead of stored.
    return { noWebhookResponse: true, workflowData: [taken.map((event) => shown(source, event))] };
  }
}

function shown(source: string, { externalId, type, occurredAt, payload }: IntakeEvent): INodeExecutionData {
  const event = {
    source,
    externalId,
    type,
    occurredAt: occurredAt.toISOString(),
    payload: payload as IDataObject,
  };
  return { json: { event } };
}

async function take(
  context: IWebhookFunctions,
  provider: Provider,
  taken: IntakeEvent[],
): Promise<IntakeAnswer> {
  const onError = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    context.logger.error(`Lifecycle Intake (${provider.title}): the store is out of reach: ${message}`);
  };
  const request = context.getRequestObject();
  // n8n has read JSON bodies by now; it leaves alone what we refuse by its content type.
  const rawBody = request.rawBody ?? Buffer.alloc(0);
  const manual = context.getMode() === 'manual';
  const receiveWith = ({ secrets, store }: IntakeAccess) =>
    receive(
      provider,
      { headers: request.headers, rawBody },
      {
        secrets,
        onError,
        accept: async (events) => {
          if (!manual)
            return await store.events.acceptAll(
              events.map((event) => ({ ...event, source: provider.source })),
            );
          taken.push(...events);
          return events.map(() => ({ duplicate: false }));
        },
      },
    );
  try {
    const access = await intakeAccess(context, provider);
    const answer = access.secrets.length > 0 ? await receiveWith(access) : undefined;
    if (answer !== undefined && answer.status !== 401) return answer;
    // The secret may be newer than what was read a while ago.
    const reread = await intakeAccess(context, provider, { doubted: true });
    if (reread.secrets.length === 0) return unavailable('no secret is set in the credential');
    return answer !== undefined && reread === access ? answer : await receiveWith(reread);
  } catch (error) {
    onError(error);
    return unavailable();
  }
}
