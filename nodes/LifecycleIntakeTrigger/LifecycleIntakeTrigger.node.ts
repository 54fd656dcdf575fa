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
  checkFirstAnswers,
  discord,
  providers,
  receive,
  unavailable,
  windmill,
  type IntakeAnswer,
  type IntakeEvent,
  type IntakeRequest,
  type Provider,
  type SentAnswer,
} from '../../services/intake';
import { credentialsHere, shownOnlyFor } from '../shared/credential-choice';
import { DISCORD_CREDENTIAL } from '../shared/discord';
import { operationError } from '../shared/operation-error';
import { REGISTERING } from '../shared/provider-webhooks';
import { testStoreConnection } from '../shared/test-store-connection';
import { testAppEventsToken } from './app-events-token';
import { firstAnswersOf, firstAnswersProperty } from './first-answers';
import { intakeAccess, type IntakeAccess } from './intake-access';
import { takeInteraction } from './interactions';
import { testLemonSqueezySecrets } from './lemon-squeezy-secrets';
import { isStarting, registerAtProvider, registersItself, removeFromProvider } from './registration';
import { WINDMILL, scriptPathOf, windmillAddresses } from './windmill-address';

/** What can be chosen: the providers by their sources, and the drop-in, which takes the application's events as well. */
const CHOICES: ReadonlyMap<string, Provider> = new Map([
  ...providers.map((provider) => [provider.source, provider] as const),
  [WINDMILL, windmill],
]);
const CHOICE_NAMES = [...CHOICES.keys()];
const TITLES = Object.fromEntries([...CHOICES].map(([choice, { title }]) => [choice, title]));

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
        displayOptions: shownOnlyFor('provider', 'stripe', CHOICE_NAMES),
      },
      {
        name: 'lifecycleMauticApi',
        required: true,
        displayOptions: shownOnlyFor('provider', 'mautic', CHOICE_NAMES),
      },
      {
        name: 'lifecycleLemonSqueezyApi',
        required: true,
        testedBy: 'testLemonSqueezySecrets',
        displayOptions: shownOnlyFor('provider', 'lemonSqueezy', CHOICE_NAMES),
      },
      {
        name: 'lifecycleResendApi',
        required: true,
        displayOptions: shownOnlyFor('provider', 'resend', CHOICE_NAMES),
      },
      {
        name: DISCORD_CREDENTIAL,
        required: true,
        displayOptions: shownOnlyFor('provider', 'discord', CHOICE_NAMES),
      },
      {
        name: 'lifecycleAppEventsApi',
        required: true,
        testedBy: 'testAppEventsToken',
        displayOptions: shownOnlyFor('provider', ['app', WINDMILL], CHOICE_NAMES),
      },
    ],
    webhooks: [
      {
        name: 'default',
        httpMethod: 'POST',
        responseMode: 'onReceived',
        responseData: '',
        path: 'lifecycle',
        ndvHideUrl: '={{ $parameter["provider"] === "windmill" }}',
      },
      ...windmillAddresses,
    ],
    properties: [
      {
        displayName: 'Provider',
        name: 'provider',
        type: 'options',
        noDataExpression: true,
        options: [...CHOICES].map(([value, { title: name }]) => ({ name, value })),
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
          "Whether publishing makes the webhook at the provider, repairs it, and unpublishing removes it again. In Mautic, the API user's role must be allowed to view, create, edit and delete webhooks; at Stripe, a restricted key needs write access to Webhook Endpoints; at Resend, the key needs full access; Discord calls the address at once, so it has to be reachable from the internet. When off, enter the Production URL there by hand and its secret in the credential.",
      },
      firstAnswersProperty,
      {
        displayName:
          'For an application that starts a Windmill script for each event: there, put the part of the Production URL before "/api" in the place of Windmill\'s own address, and the token of the credential in the place of Windmill\'s. The last part of the script\'s path names the event, e.g. "f/users/user_registered"; the workspace does not matter.',
        name: 'windmillNotice',
        type: 'notice',
        default: '',
        displayOptions: { show: { provider: [WINDMILL] } },
      },
      {
        displayName:
          'Enter the Production URL above where the events come from, unless the node registers itself there.',
        name: 'addressNotice',
        type: 'notice',
        default: '',
        displayOptions: { hide: { provider: [WINDMILL] } },
      },
      {
        displayName:
          'Nothing runs behind this node: a workflow that starts with a Lifecycle Event Trigger works on the events. Each call is answered only after its event is stored, so none is lost.',
        name: 'notice',
        type: 'notice',
        default: '',
      },
    ],
  };

  methods = {
    credentialTest: { testAppEventsToken, testLemonSqueezySecrets, testStoreConnection },
  };

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions) {
        checkTable(this);
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
    const taken: IntakeEvent[] = [];
    const { status, headers, body } = await answerTo(this, taken);
    const response = this.getResponseObject();
    for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
    response.status(status);
    if (typeof body === 'string') response.send(body);
    else response.json(body);
    if (this.getMode() !== 'manual') return { noWebhookResponse: true };
    // In the editor the events are shown instead of stored.
    return { noWebhookResponse: true, workflowData: [taken.map(shown(this))] };
  }
}

async function answerTo(context: IWebhookFunctions, taken: IntakeEvent[]): Promise<SentAnswer> {
  const choice = String(context.getNodeParameter('provider'));
  const provider = CHOICES.get(choice);
  if (!provider)
    return { status: 500, body: { received: false, reason: `the provider "${choice}" is unknown` } };
  // Each address is another one's: the drop-in has those of Windmill, all others theirs.
  const isAddressed = (context.getWebhookName() === 'setup') === (choice === WINDMILL);
  if (!isAddressed) return { status: 404, body: { received: false, reason: 'nothing is taken in here' } };
  // Those who check whether a webhook is there get 200 from Windmill without a look at the token.
  if (context.getRequestObject().method === 'HEAD') return { status: 200, body: '' };
  const request = requestOf(context);
  const onError = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    context.logger.error(`Lifecycle Intake (${provider.title}): the store is out of reach: ${message}`);
  };
  if (provider === discord) return await takeInteraction(context, request, { taken, onError });
  const answer = await take(context, provider, { request, taken, onError });
  return provider.present?.(answer) ?? answer;
}

/** What Discord would not show has to be told when it is published; at its start n8n must not lose the intake over it. */
function checkTable(context: IHookFunctions): void {
  if (context.getNodeParameter('provider') !== discord.source || isStarting(context)) return;
  const problem = checkFirstAnswers(firstAnswersOf(context));
  if (problem !== undefined) throw operationError(context.getNode(), problem);
}

function shown(context: IWebhookFunctions): (event: IntakeEvent) => INodeExecutionData {
  const source = CHOICES.get(String(context.getNodeParameter('provider')))?.source;
  return ({ externalId, type, occurredAt, payload }) => {
    const event = { source, externalId, type, occurredAt: occurredAt.toISOString() };
    return { json: { event: { ...event, payload: payload as IDataObject } } };
  };
}

function requestOf(context: IWebhookFunctions): IntakeRequest {
  const { headers, rawBody } = context.getRequestObject();
  const query = Object.entries(context.getQueryData() as Record<string, unknown>);
  return {
    headers,
    // n8n has read JSON bodies by now; it leaves alone what we refuse by its content type.
    rawBody: rawBody ?? Buffer.alloc(0),
    query: Object.fromEntries(query.map(([name, value]) => [name, String([value].flat()[0])])),
    script: scriptPathOf(context.getParamsData() as Record<string, string>),
  };
}

async function take(
  context: IWebhookFunctions,
  provider: Provider,
  {
    request,
    taken,
    onError,
  }: { request: IntakeRequest; taken: IntakeEvent[]; onError: (error: unknown) => void },
): Promise<IntakeAnswer> {
  const manual = context.getMode() === 'manual';
  const receiveWith = ({ secrets, store }: IntakeAccess) =>
    receive(provider, request, {
      secrets,
      onError,
      accept: async (events) => {
        if (!manual)
          return await store.events.acceptAll(events.map((event) => ({ ...event, source: provider.source })));
        taken.push(...events);
        return events.map(() => ({ duplicate: false }));
      },
    });
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
