import { N8nApi } from '../../../stack/n8n-api';
import { awaitPublication } from '../../../stack/sync';
import type { N8n } from './n8n';

/** n8n as its editor sees it, logged in as a person; the only way to create a workflow with an id of our own. */
export async function openSession(url: string, login: { email: string; password: string }): Promise<N8n> {
  const api = new N8nApi(url);
  await api.logIn(login);
  return {
    credentials: () => api.credentials(),
    workflow: (id) => api.workflow(id),
    createWorkflow: (content) => api.createWorkflow(content),
    updateWorkflow: (content) => api.updateWorkflow(content),
    unpublish: (workflow) => api.unpublish(workflow),
    publish: async (workflow) => {
      await api.publish(workflow);
      await awaitPublication(api, workflow);
    },
  };
}
