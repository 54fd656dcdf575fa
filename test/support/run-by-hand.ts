import type { useCampaign } from './campaign';
import type { useEditorApi } from './editor-api';
import { until } from './until';

const ENDED = ['success', 'error', 'crashed'];

/** Runs a workflow by hand from the trigger of this name: how it ended, and all that it says. */
export async function runByHand(
  campaign: ReturnType<typeof useCampaign>,
  editor: ReturnType<typeof useEditorApi>,
  { workflow, trigger }: { workflow: string; trigger: string },
): Promise<{ status: string; data: string }> {
  const execution = await editor.run(workflow, trigger);
  let status = 'new';
  let data = '';
  await until(
    async () => {
      const run = (await campaign.runs(workflow)).find(({ id }) => id === execution);
      ({ status, data } = run ?? { status, data });
      return ENDED.includes(status);
    },
    () => `the run ${execution} of ${workflow} to end; it is ${status}`,
    120,
  );
  return { status, data };
}
