import axios, { AxiosError, type AxiosRequestConfig } from 'axios';
import {
  NodeApiError,
  NodeOperationError,
  Workflow,
  type IBinaryData,
  type IBinaryKeyData,
  type ICredentialDataDecryptedObject,
  type ICredentialType,
  type IDataObject,
  type IExecuteFunctions,
  type IHttpRequestOptions,
  type ILoadOptionsFunctions,
  type INode,
  type INodeExecutionData,
  type INodeParameters,
  type INodeType,
  type INodeTypes,
  type IWorkflowDataProxyAdditionalKeys,
  type JsonObject,
  type NodeParameterValueType,
  type WorkflowExecuteMode,
} from 'n8n-workflow';
import { repeatedKeys } from '../../stack/axios-request';

/** A credential as an admin filled it in. A token that the credential's `preAuthentication` fetches is kept in `data`. */
export interface FilledCredential {
  type: ICredentialType;
  data: ICredentialDataDecryptedObject;
}

export interface NodeSetup {
  node: INodeType;
  /** As in a workflow file: what is left out has the description's default, and expressions are evaluated per item. */
  parameters?: INodeParameters;
  credentials?: readonly FilledCredential[];
  /** Files of the items, by their position. */
  binaries?: readonly IBinaryKeyData[];
  /** The node's name on the canvas, by default its display name. */
  name?: string;
  /** What the node remembers from one of its runs in an execution to the next. */
  memory?: IDataObject;
  /** "On Error: Continue" in the node's settings. */
  continueOnFail?: boolean;
  /** How the execution was started, by default as a published workflow is; `manual` from the editor. */
  mode?: WorkflowExecuteMode;
}

/** What `$execution` gives, as in an n8n at n8n.example.com. */
const EXECUTION: IWorkflowDataProxyAdditionalKeys = {
  $execution: {
    id: 'test',
    mode: 'production',
    resumeUrl: 'https://n8n.example.com/webhook-waiting/test',
    resumeFormUrl: 'https://n8n.example.com/form-waiting/test',
  },
};

/**
 * Runs a node's `execute()` over `items` (their `json`) the way n8n does: defaults and hidden parameters from its
 * description, n8n's own expressions, and real HTTP with the credential's own `authenticate` and `preAuthentication`.
 */
export async function executeNode(
  setup: NodeSetup,
  items: readonly IDataObject[],
): Promise<INodeExecutionData[][]> {
  const execute = setup.node.execute;
  if (!execute) throw new Error(`${setup.node.description.displayName} has no execute()`);
  const outputs = await execute.call(executeContext(setup, items));
  if (!Array.isArray(outputs)) throw new Error(`${setup.node.description.displayName} gave no items`);
  return outputs;
}

/** The context of `execute()`, for what {@link executeNode} does not cover. */
export function executeContext(setup: NodeSetup, items: readonly IDataObject[]): IExecuteFunctions {
  const input: INodeExecutionData[] = items.map((json, index) => {
    const binary = setup.binaries?.[index];
    return { json, ...(binary && { binary }) };
  });
  const { node, workflow, shared } = contextOf(setup);
  const fileOf = (itemIndex: number, name: string): IBinaryData => {
    const file = input[itemIndex]?.binary?.[name];
    if (!file) throw new NodeOperationError(node, `This operation expects a binary file '${name}'`);
    return file;
  };
  return {
    ...shared,
    helpers: {
      ...shared.helpers,
      assertBinaryData: fileOf,
      getBinaryDataBuffer: (itemIndex: number, name: string) =>
        Promise.resolve(Buffer.from(fileOf(itemIndex, name).data, 'base64')),
    },
    getInputData: () => input,
    continueOnFail: () => setup.continueOnFail ?? false,
    getMode: () => setup.mode ?? 'trigger',
    evaluateExpression: (expression: string, itemIndex: number) =>
      workflow.expression.getParameterValue(
        `=${expression}`,
        null,
        0,
        itemIndex,
        node.name,
        input,
        'manual',
        EXECUTION,
      ),
    getWorkflow: () => ({ id: 'test', name: 'Test', active: false }),
    getExecutionId: () => 'test',
    getMode: () => 'trigger',
    getContext: () => setup.memory ?? {},
    getNodeParameter: (
      name: string,
      itemIndex: number,
      fallback?: NodeParameterValueType,
      options?: { extractValue?: boolean; rawExpressions?: boolean },
    ) => {
      const raw = valueAt(node.parameters, name) ?? fallback;
      if (raw === undefined) throw new Error(`Could not get parameter "${name}"`);
      if (options?.rawExpressions) return raw;
      const value = workflow.expression.getParameterValue(
        raw,
        null,
        0,
        itemIndex,
        node.name,
        input,
        'manual',
        {},
      );
      return options?.extractValue ? locatedValue(value) : value;
    },
  } as unknown as IExecuteFunctions;
}

/** The context of a node's `listSearch` and `loadOptions` methods. */
export function loadOptionsContext(setup: NodeSetup): ILoadOptionsFunctions {
  const { node, shared } = contextOf(setup);
  const parameter = (
    name: string,
    fallback?: NodeParameterValueType,
    options?: { extractValue?: boolean },
  ) => {
    const value = (valueAt(node.parameters, name) ?? fallback) as NodeParameterValueType;
    return options?.extractValue ? locatedValue(value) : value;
  };
  return {
    ...shared,
    getNodeParameter: parameter,
    getCurrentNodeParameter: (name: string, options?: { extractValue?: boolean }) =>
      parameter(name, undefined, options),
    getCurrentNodeParameters: () => node.parameters,
  } as unknown as ILoadOptionsFunctions;
}

/** What the contexts of all kinds of node methods have in common. */
export function contextOf(setup: NodeSetup) {
  const workflow = workflowOf(setup);
  const node = Object.values(workflow.nodes)[0];
  if (!node) throw new Error('the workflow lost its node');
  const credentialOf = (type: string): FilledCredential => {
    const credential = setup.credentials?.find((candidate) => candidate.type.name === type);
    const declared = setup.node.description.credentials?.some(({ name }) => name === type);
    if (!credential || !declared) {
      throw new NodeOperationError(node, `Node does not have any credentials set for "${type}"`);
    }
    return credential;
  };
  const httpRequest = (options: IHttpRequestOptions) => request(options);
  const shared = {
    getNode: () => node,
    getTimezone: () => 'UTC',
    getCredentials: (type: string) => Promise.resolve().then(() => withDefaults(credentialOf(type))),
    helpers: {
      httpRequest,
      prepareBinaryData: (content: Buffer, fileName: string, mimeType: string) =>
        Promise.resolve({ data: content.toString('base64'), fileName, mimeType }),
      httpRequestWithAuthentication: (type: string, options: IHttpRequestOptions) =>
        Promise.resolve().then(() => requestWithAuthentication(workflow, node, credentialOf(type), options)),
    },
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  };
  return { node, workflow, shared };
}

/** A workflow of this one node; building it fills in the description's defaults. */
function workflowOf(setup: NodeSetup): Workflow {
  const { description } = setup.node;
  const { version } = description;
  const node: INode = {
    id: 'node-under-test',
    name: setup.name ?? description.displayName,
    type: description.name,
    typeVersion: Array.isArray(version) ? Math.max(...version) : version,
    position: [0, 0],
    parameters: structuredClone(setup.parameters ?? {}),
    credentials: Object.fromEntries(
      (setup.credentials ?? []).map(({ type }) => [type.name, { id: type.name, name: type.displayName }]),
    ),
  };
  const nodeTypes: INodeTypes = {
    getByName: () => setup.node,
    getByNameAndVersion: () => setup.node,
    getKnownTypes: () => ({}),
  };
  return new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
}

/** As n8n-core's `httpRequestWithAuthentication`: one renewal when the answer is 401, failures as `NodeApiError`. */
async function requestWithAuthentication(
  workflow: Workflow,
  node: INode,
  credential: FilledCredential,
  options: IHttpRequestOptions,
): Promise<unknown> {
  const attempt = async (expired: boolean) => {
    await preAuthenticate(credential, expired);
    return await request(await authenticate(workflow, node, credential, options));
  };
  try {
    return await attempt(false);
  } catch (error) {
    if (!isUnauthorised(error)) throw apiError(node, error);
    try {
      return await attempt(true);
    } catch (again) {
      throw apiError(node, again);
    }
  }
}

async function preAuthenticate({ type, data }: FilledCredential, expired: boolean): Promise<void> {
  const token = type.properties.find(
    (property) => property.type === 'hidden' && property.typeOptions?.expirable,
  );
  if (!type.preAuthentication || !token || !(expired || (data[token.name] ?? '') === '')) return;
  const helpers = { helpers: { httpRequest: (options: IHttpRequestOptions) => request(options) } };
  Object.assign(data, await type.preAuthentication.call(helpers, withDefaults({ type, data })));
}

async function authenticate(
  workflow: Workflow,
  node: INode,
  credential: FilledCredential,
  options: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
  const data = withDefaults(credential);
  const rule = credential.type.authenticate;
  if (typeof rule === 'function') return await rule(data, options);
  if (!rule) return options;
  const resolve = (value: unknown) =>
    typeof value === 'string' && value.startsWith('=')
      ? String(
          workflow.expression.getSimpleParameterValue(
            node,
            value,
            'internal',
            { $credentials: data },
            undefined,
            '',
          ),
        )
      : value;
  const resolved = Object.entries(rule.properties).map(([place, values]) => [
    place,
    Object.fromEntries(
      Object.entries(values as object).map(([key, value]) => [resolve(key), resolve(value)]),
    ),
  ]);
  const added = Object.fromEntries(resolved) as Pick<IHttpRequestOptions, 'headers' | 'qs' | 'auth'>;
  return { ...options, ...added, headers: { ...options.headers, ...added.headers } };
}

async function request(options: IHttpRequestOptions): Promise<unknown> {
  const ignored = options.ignoreHttpStatusErrors;
  const config: AxiosRequestConfig = {
    url: options.url,
    method: options.method ?? 'GET',
    headers: {
      ...(options.json && { Accept: 'application/json' }),
      ...(options.headers as Record<string, string>),
    },
    paramsSerializer: { serialize: repeatedKeys },
    ...(options.baseURL !== undefined && { baseURL: options.baseURL }),
    ...(options.qs && { params: options.qs }),
    ...(options.body !== undefined && { data: options.body }),
    ...(options.auth && { auth: options.auth }),
    ...(options.timeout !== undefined && { timeout: options.timeout }),
    ...(options.disableFollowRedirect && { maxRedirects: 0 }),
    ...(ignored && {
      validateStatus: (status: number) =>
        typeof ignored === 'object' ? !ignored.except?.includes(status) : true,
    }),
  };
  const response = await axios.request<unknown>(config);
  if (!options.returnFullResponse) return response.data;
  return { statusCode: response.status, headers: { ...response.headers }, body: response.data };
}

function withDefaults({ type, data }: FilledCredential): ICredentialDataDecryptedObject {
  const defaults = Object.fromEntries(type.properties.map((property) => [property.name, property.default]));
  return { ...(defaults as ICredentialDataDecryptedObject), ...data };
}

function apiError(node: INode, error: unknown): NodeApiError {
  return new NodeApiError(node, error as JsonObject);
}

function isUnauthorised(error: unknown): boolean {
  return error instanceof AxiosError && error.response?.status === 401;
}

function locatedValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '__rl' in value && 'value' in value
    ? value.value
    : value;
}

function valueAt(parameters: INodeParameters, path: string): NodeParameterValueType | undefined {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? (value as IDataObject)[key] : undefined),
      parameters,
    ) as NodeParameterValueType | undefined;
}

function ignore(): void {
  // A test that cares about what is logged brings its own logger.
}
