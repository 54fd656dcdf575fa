import { beforeAll } from '@jest/globals';
import { N8nApi, type StoredWorkflow } from '../../stack/n8n-api';
import { awaitPublication } from '../../stack/sync';
import type { useCampaign } from './campaign';

/** Publishes and unpublishes the workflows of a campaign, by their ids, as somebody in n8n's editor does. */
export function useEditorApi(campaign: ReturnType<typeof useCampaign>) {
  let api: N8nApi;

  beforeAll(async () => {
    api = new N8nApi(campaign.stack.n8nUrl);
    await api.logIn(campaign.stack.owner);
  });

  async function workflow(id: string): Promise<StoredWorkflow> {
    const stored = await api.workflow(id);
    if (!stored) throw new Error(`n8n has no workflow ${id}.`);
    return stored;
  }

  return {
    /** Resolves when its triggers have started. */
    async publish(id: string): Promise<void> {
      const stored = await workflow(id);
      await api.publish(stored);
      await awaitPublication(api, stored);
    },

    /** Runs it by hand from the trigger of this name, and gives the id of the execution. */
    async run(id: string, trigger: string): Promise<number> {
      return Number(await api.run(await workflow(id), trigger));
    },

    async unpublish(id: string): Promise<void> {
      await api.unpublish(await workflow(id));
    },
  };
}
