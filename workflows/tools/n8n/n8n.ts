import type { z } from 'zod/v4';
import type { StoredWorkflow, WorkflowContent, credentialSchema } from '../../../stack/n8n-api';

export type { StoredWorkflow, WorkflowContent };
export type StoredCredential = z.infer<typeof credentialSchema>;

/** What pull and push need of a running n8n. Every call fails with a message that says what n8n answered. */
export interface N8n {
  credentials(): Promise<StoredCredential[]>;
  /** `undefined` when there is none of that id. */
  workflow(id: string): Promise<StoredWorkflow | undefined>;
  createWorkflow(content: WorkflowContent): Promise<StoredWorkflow>;
  /** Changes what is edited; what runs changes by publishing it. */
  updateWorkflow(content: WorkflowContent): Promise<StoredWorkflow>;
  /** Publishes the version that is edited. */
  publish(workflow: StoredWorkflow): Promise<void>;
  unpublish(workflow: StoredWorkflow): Promise<void>;
}
