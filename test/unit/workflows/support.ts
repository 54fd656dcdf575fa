import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { canonicalText } from '../../../workflows/tools/canonical';
import { Catalog } from '../../../workflows/tools/catalog';
import type { WorkflowText } from '../../../workflows/tools/folder';
import { workflowSchema, type Workflow, type WorkflowNode } from '../../../workflows/tools/workflow';

function description(
  name: string,
  version: number | number[],
  rest: Partial<INodeTypeDescription>,
): INodeTypeDescription {
  return {
    displayName: name,
    name,
    group: ['transform'],
    version,
    description: '',
    defaults: { name },
    inputs: ['main'],
    outputs: ['main'],
    properties: [],
    ...rest,
  };
}

const option = (value: string) => ({ name: value, value });
const STORE_CREDENTIAL = [{ name: 'storeApi', required: true }];

const audienceProperties: INodeProperties[] = [
  { displayName: 'Email', name: 'email', type: 'string', required: true, default: '={{ $json.email }}' },
  {
    displayName: 'Mode',
    name: 'mode',
    type: 'options',
    options: [option('find'), option('create')],
    default: 'find',
  },
  {
    displayName: 'Owner',
    name: 'owner',
    type: 'string',
    default: '',
    displayOptions: { show: { mode: ['create'] } },
  },
  {
    displayName: 'Segment',
    name: 'segment',
    type: 'resourceLocator',
    default: { mode: 'name', value: '' },
    modes: ['list', 'name', 'id'].map((name) => ({ displayName: name, name, type: 'string' })),
  },
  {
    displayName: 'Team',
    name: 'team',
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    modes: ['list', 'id'].map((name) => ({ displayName: name, name, type: 'string' })),
  },
  {
    displayName: 'Fields',
    name: 'fields',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    default: {},
    options: [
      {
        displayName: 'Field',
        name: 'field',
        values: [
          { displayName: 'Alias', name: 'alias', type: 'string', default: '' },
          { displayName: 'Value', name: 'value', type: 'string', default: '' },
        ],
      },
    ],
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    default: {},
    options: [
      { displayName: 'Time-Out', name: 'timeout', type: 'number', default: 10 },
      { displayName: 'Folder ID', name: 'folderId', type: 'number', default: 0 },
      { displayName: 'Address', name: 'address', type: 'string', default: '' },
    ],
  },
];

/** Descriptions cut down from the real ones to what the rules look at. */
export const catalog = new Catalog(
  [
    {
      type: 'n8n-nodes-lifecycle.lifecycleEventTrigger',
      description: description('lifecycleEventTrigger', 2, { inputs: [], credentials: STORE_CREDENTIAL }),
    },
    {
      type: 'n8n-nodes-lifecycle.lifecycleStore',
      description: description('lifecycleStore', 1, {
        outputs: '={{ $parameter["operation"] === "begin" ? ["main", "main", "main"] : ["main"] }}',
        credentials: STORE_CREDENTIAL,
        properties: [
          {
            displayName: 'Resource',
            name: 'resource',
            type: 'options',
            options: [option('event'), option('effect')],
            default: 'event',
          },
          {
            displayName: 'Operation',
            name: 'operation',
            type: 'options',
            options: [option('settle'), option('find'), option('begin')],
            default: 'settle',
          },
        ],
      }),
    },
    {
      type: 'test.intake',
      description: description('intake', 2, {
        inputs: [],
        webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'lifecycle' }],
      }),
    },
    {
      type: 'test.lookUp',
      description: description('lookUp', [1, 1.1], {
        outputs: ['main', 'main'],
        outputNames: ['Match', 'No match'],
      }),
    },
    { type: 'test.audience', description: description('audience', 1, { properties: audienceProperties }) },
    {
      type: 'test.call',
      description: description('call', 1, {
        properties: [
          {
            displayName: 'Authentication',
            name: 'authentication',
            type: 'options',
            options: [option('none'), option('predefinedCredentialType')],
            default: 'none',
          },
          { displayName: 'Type', name: 'nodeCredentialType', type: 'credentialsSelect', default: '' },
        ],
      }),
    },
    { type: 'n8n-nodes-base.errorTrigger', description: description('errorTrigger', 1, { inputs: [] }) },
    {
      type: 'n8n-nodes-base.stickyNote',
      description: description('stickyNote', 1, {
        inputs: [],
        outputs: [],
        properties: [
          { displayName: 'Content', name: 'content', type: 'string', default: '' },
          { displayName: 'Height', name: 'height', type: 'number', default: 160 },
          { displayName: 'Width', name: 'width', type: 'number', default: 240 },
        ],
      }),
    },
  ],
  ['storeApi', 'chatApi'],
);

export const STORE = { storeApi: { name: 'Lifecycle Store' } };

export function node(
  fields: Partial<WorkflowNode> & Pick<WorkflowNode, 'id' | 'name' | 'type'>,
): WorkflowNode {
  return { typeVersion: 1, position: [0, 0], parameters: {}, ...fields };
}

const target = (name: string) => ({ node: name, type: 'main', index: 0 });

const stickyNote = (id: string, y: number): WorkflowNode =>
  node({
    id,
    name: 'About this workflow',
    type: 'n8n-nodes-base.stickyNote',
    position: [0, y],
    parameters: { content: 'What it does, what it needs, what to check.', width: 480 },
  });

/** A workflow without any fault: On event → Look up → (Match) Update contact → Settle, (No match) Settle. */
export function handler(): Workflow {
  return {
    id: 'handler',
    name: 'Handler',
    active: true,
    settings: { timezone: 'UTC', errorWorkflow: 'on-error', executionOrder: 'v1' },
    nodes: [
      stickyNote('handler-about', -208),
      node({
        id: 'handler-trigger',
        name: 'On event',
        type: 'n8n-nodes-lifecycle.lifecycleEventTrigger',
        typeVersion: 2,
        position: [0, 192],
        credentials: STORE,
      }),
      node({ id: 'handler-look-up', name: 'Look up', type: 'test.lookUp', position: [208, 192] }),
      node({
        id: 'handler-contact',
        name: 'Update contact',
        type: 'test.audience',
        position: [416, 0],
        parameters: {
          segment: { __rl: true, mode: 'name', value: 'VIP' },
          fields: { field: [{ alias: 'vip', value: 'true' }] },
          options: { timeout: 5 },
        },
      }),
      node({
        id: 'handler-settle',
        name: 'Settle',
        type: 'n8n-nodes-lifecycle.lifecycleStore',
        position: [624, 192],
        credentials: STORE,
      }),
    ],
    connections: {
      'On event': { main: [[target('Look up')]] },
      'Look up': { main: [[target('Update contact')], [target('Settle')]] },
      'Update contact': { main: [[target('Settle')]] },
    },
  };
}

export function onError(): Workflow {
  return {
    id: 'on-error',
    name: 'On error',
    active: true,
    settings: { timezone: 'UTC', executionOrder: 'v1' },
    nodes: [
      stickyNote('on-error-about', -208),
      node({ id: 'on-error-trigger', name: 'When a workflow fails', type: 'n8n-nodes-base.errorTrigger' }),
    ],
    connections: {},
  };
}

/** The node of that name, to be changed. */
export function nodeOf(workflow: Workflow, name: string): WorkflowNode {
  const found = workflow.nodes.find((each) => each.name === name);
  if (!found) throw new Error(`no node "${name}"`);
  return found;
}

export function fileOf(workflow: Workflow, file = `${workflow.id}.json`): WorkflowText {
  return { file, text: canonicalText(workflow, catalog) };
}

/** A workflow as n8n hands it out: the same, among much else, in another order. */
export function exported(workflow: Workflow): Record<string, unknown> {
  const noise = {
    versionId: 'f3b1',
    activeVersionId: 'f3b1',
    updatedAt: '2026-01-01T00:00:00.000Z',
    shared: [{}],
    meta: {},
    pinData: {},
    isArchived: false,
    triggerCount: 1,
    staticData: null,
  };
  const { settings, ...rest } = workflowSchema.parse(structuredClone(workflow));
  return {
    ...noise,
    ...rest,
    settings: { ...settings, availableInMCP: false, callerPolicy: 'workflowsFromSameOwner' },
  };
}
