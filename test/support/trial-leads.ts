import type { useCampaign } from './campaign';
import type { useEditorApi } from './editor-api';
import { until } from './until';

const WORKFLOW = 'trial-leads-sync';
const TRIGGER = 'Daily at 07:00';
const ENDED = ['success', 'error', 'crashed'];

/** Starts the morning's run, by hand. */
export async function startTrialsSync(editor: ReturnType<typeof useEditorApi>): Promise<number> {
  return await editor.run(WORKFLOW, TRIGGER);
}

/** The morning's run, by hand: how it ended, and all that it says. */
export async function syncTrials(
  campaign: ReturnType<typeof useCampaign>,
  editor: ReturnType<typeof useEditorApi>,
): Promise<{ status: string; data: string }> {
  const execution = await startTrialsSync(editor);
  let status = 'new';
  let data = '';
  await until(
    async () => {
      const run = (await campaign.runs(WORKFLOW)).find(({ id }) => id === execution);
      ({ status, data } = run ?? { status, data });
      return ENDED.includes(status);
    },
    () => `the run ${execution} to end; it is ${status}`,
    60,
  );
  return { status, data };
}
