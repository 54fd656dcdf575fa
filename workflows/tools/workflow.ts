import { z } from 'zod/v4';

const credentialSchema = z.union([
  z.string().transform((name) => ({ name })),
  z.object({ name: z.string() }),
  // n8n keeps a slot whose credential was deleted.
  z.null(),
]);

const nodeSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  typeVersion: z.number(),
  /** Left and top of the node on the canvas, in pixels. */
  position: z.tuple([z.number(), z.number()]),
  disabled: z.boolean().optional(),
  /** First part of the node's webhook URL. */
  webhookId: z.string().optional(),
  /** By credential type; by name only, since an id belongs to one n8n. */
  credentials: z.record(z.string(), credentialSchema).optional(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  onError: z.string().optional(),
  retryOnFail: z.boolean().optional(),
  maxTries: z.number().optional(),
  waitBetweenTries: z.number().optional(),
  executeOnce: z.boolean().optional(),
  alwaysOutputData: z.boolean().optional(),
  notes: z.string().optional(),
  notesInFlow: z.boolean().optional(),
});

const targetSchema = z.object({ node: z.string(), type: z.string(), index: z.number() });

const nodeGroupSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  nodeIds: z.array(z.string()),
});

/** What matters of a workflow; what n8n adds about one installation or one moment falls away. */
export const workflowSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  /** Whether it is meant to be published. */
  active: z.boolean().default(false),
  settings: z.record(z.string(), z.unknown()).nullish(),
  nodes: z.array(nodeSchema),
  /** By source node, by type, by number of the output. */
  connections: z.record(z.string(), z.record(z.string(), z.array(z.array(targetSchema).nullish()))),
  nodeGroups: z.array(nodeGroupSchema).nullish(),
});

export type Workflow = z.infer<typeof workflowSchema>;
export type WorkflowNode = z.infer<typeof nodeSchema>;
export type ConnectionTarget = z.infer<typeof targetSchema>;

export const STICKY_NOTE = 'n8n-nodes-base.stickyNote';
export const ERROR_TRIGGER = 'n8n-nodes-base.errorTrigger';
export const EVENT_TRIGGER = 'n8n-nodes-lifecycle.lifecycleEventTrigger';
export const LIFECYCLE_STORE = 'n8n-nodes-lifecycle.lifecycleStore';
