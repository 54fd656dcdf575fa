import type { useCampaign } from './campaign';
import type { useEditorApi } from './editor-api';
import { until } from './until';

const WORKFLOW = 'reconcile-missed';
const SOON = { rule: { interval: [{ field: 'seconds', secondsInterval: 2 }] } };
const NODE = { stripe: 'Catch up with Stripe', mautic: 'Catch up with Mautic' } as const;

/**
 * Parameters, as `useCampaign` takes them, with which the reconciling workflow runs soon after {@link reconcile} has
 * published it, and looks at what has just happened as well.
 */
export const RECONCILE_SOON = {
  'reconcile-schedule-stripe': SOON,
  'reconcile-schedule-mautic': SOON,
  'reconcile-mautic': { graceMinutes: 0 },
};

/** How the runs of each path have ended, at least one of each. */
export type Reconciled = Record<keyof typeof NODE, string[]>;

/** Publishes the reconciling workflow until each of its paths has run, and waits for the end of all its runs. */
export async function reconcile(
  campaign: ReturnType<typeof useCampaign>,
  editor: ReturnType<typeof useEditorApi>,
): Promise<Reconciled> {
  const before = new Set((await campaign.runs(WORKFLOW)).map(({ id }) => id));
  const ended: Reconciled = { stripe: [], mautic: [] };
  let areUnderWay = false;
  const look = async (): Promise<void> => {
    const runs = (await campaign.runs(WORKFLOW)).filter(({ id }) => !before.has(id));
    const over = runs.filter(({ status }) => ['success', 'error', 'crashed'].includes(status));
    areUnderWay = over.length < runs.length;
    for (const path of ['stripe', 'mautic'] as const) {
      ended[path] = over.filter(({ data }) => data.includes(`"${NODE[path]}"`)).map(({ status }) => status);
    }
  };
  await editor.publish(WORKFLOW);
  await until(
    async () => {
      await look();
      return ended.stripe.length > 0 && ended.mautic.length > 0;
    },
    () => `a run of both paths; there were ${JSON.stringify(ended)}`,
  );
  await editor.unpublish(WORKFLOW);
  await until(async () => {
    await look();
    return !areUnderWay;
  }, 'the last runs to end');
  return ended;
}
