import type {
  IHookFunctions,
  INodeExecutionData,
  INodeParameters,
  IWebhookFunctions,
  WebhookType,
  WorkflowActivateMode,
  WorkflowExecuteMode,
} from 'n8n-workflow';
import { LifecycleIntakeTrigger } from '../../nodes/LifecycleIntakeTrigger/LifecycleIntakeTrigger.node';
import { contextOf, type FilledCredential } from './execute-node';

export interface IntakeSetup {
  parameters: INodeParameters;
  credentials: readonly FilledCredential[];
  /** Address of the node's webhook. */
  url: string;
  /** Another one for each test: the node keeps for a while what it has read for one. */
  workflowId: string;
}

interface IntakeCall {
  /** Header names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  rawBody: Buffer;
  /** By default POST. */
  method?: string;
  /** Which of the node's webhooks is called, by default the first. */
  webhook?: WebhookType;
  query?: Record<string, string | string[]>;
  /** Parts of the address that the webhook's path names. */
  params?: Record<string, string>;
}

interface IntakeAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  /** What an execution started with, when one did. */
  items: INodeExecutionData[] | undefined;
}

/** The Lifecycle Intake Trigger as n8n uses it. */
export class IntakeNode {
  /** What it warned of and complained about. */
  readonly logged: string[] = [];
  private readonly node = new LifecycleIntakeTrigger();

  constructor(private readonly setup: IntakeSetup) {}

  /** As n8n does when the workflow is published, when n8n starts (`init`), or when the editor listens (`manual`). */
  async publish(activation: WorkflowActivateMode = 'activate'): Promise<void> {
    const { checkExists, create } = this.node.webhookMethods.default;
    const context = this.hookContext(activation === 'manual' ? 'manual' : 'trigger', activation);
    if (!(await checkExists.call(context))) await create.call(context);
  }

  async unpublish(): Promise<void> {
    await this.node.webhookMethods.default.delete.call(this.hookContext('internal', 'update'));
  }

  /** One call of the webhook. */
  async receive(call: IntakeCall, mode: WorkflowExecuteMode = 'webhook'): Promise<IntakeAnswer> {
    const answer: IntakeAnswer = { status: 0, headers: {}, body: undefined, items: undefined };
    const response = {
      setHeader: (name: string, value: string) => void (answer.headers[name] = value),
      status(status: number) {
        answer.status = status;
        return response;
      },
      json: (body: unknown) => void (answer.body = body),
      send: (body: string) => void (answer.body = body),
    };
    const { workflowData } = await this.node.webhook.call({
      ...this.context(mode),
      getRequestObject: () => ({ method: 'POST', ...call }),
      getWebhookName: () => call.webhook ?? 'default',
      getQueryData: () => call.query ?? {},
      getParamsData: () => call.params ?? {},
      getResponseObject: () => response,
    } as unknown as IWebhookFunctions);
    return { ...answer, items: workflowData?.[0] };
  }

  private hookContext(mode: WorkflowExecuteMode, activation: WorkflowActivateMode): IHookFunctions {
    return { ...this.context(mode), getActivationMode: () => activation } as unknown as IHookFunctions;
  }

  private context(mode: WorkflowExecuteMode) {
    const { node, shared } = contextOf({ ...this.setup, node: this.node });
    const log = (message: string) => void this.logged.push(message);
    return {
      ...shared,
      logger: { ...shared.logger, warn: log, error: log },
      getMode: () => mode,
      getWorkflow: () => ({ id: this.setup.workflowId, name: 'Intake', active: true }),
      getNodeWebhookUrl: () => this.setup.url,
      getNodeParameter: (name: string, fallback?: unknown) => node.parameters[name] ?? fallback,
    };
  }
}
