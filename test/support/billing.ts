import { openStore, type Stage, type Subscription } from '../../store';
import type { useCampaign } from './campaign';

type Campaign = ReturnType<typeof useCampaign>;

/** A handler of changes of stage, for a test to see that workflows can start from them. */
export const STAGE_HANDLER = {
  id: 'on-stage',
  name: 'On stage',
  active: true,
  settings: { executionOrder: 'v1', timezone: 'UTC' },
  nodes: [
    {
      id: 'on-stage-trigger',
      name: 'On another stage',
      type: 'n8n-nodes-lifecycle.lifecycleEventTrigger',
      typeVersion: 2,
      position: [0, 0],
      parameters: { eventTypes: ['app:customer.stageChanged'] },
      credentials: { lifecycleStoreApi: { id: null, name: 'Lifecycle Store' } },
    },
    {
      id: 'on-stage-settle',
      name: 'Settle',
      type: 'n8n-nodes-lifecycle.lifecycleStore',
      typeVersion: 1,
      position: [208, 0],
      parameters: {},
      credentials: { lifecycleStoreApi: { id: null, name: 'Lifecycle Store' } },
    },
  ],
  connections: { 'On another stage': { main: [[{ node: 'Settle', type: 'main', index: 0 }]] } },
};

/** All subscriptions that the store keeps, by their ids at Stripe. */
export async function keptSubscriptions(campaign: Campaign): Promise<Map<string, Subscription>> {
  const { subscriptions } = await openStore(campaign.stack.databaseUrl);
  const all = await subscriptions.find({}, 100_000);
  return new Map(all.map((subscription) => [subscription.externalId, subscription]));
}

/** The stages that a customer has reached, oldest first, each with the event because of which. */
export async function stagesOf(campaign: Campaign, email: string): Promise<Array<[Stage, string | null]>> {
  const { customers } = await openStore(campaign.stack.databaseUrl);
  const timeline = await customers.timeline(email, 1_000);
  const stages = timeline.flatMap((entry) => (entry.kind === 'stage' ? [entry] : []));
  return stages.reverse().map(({ stage, cause }) => [stage, cause]);
}

interface StripeState {
  subscriptions: Array<{ id: string; status: string; cancelAtPeriodEnd: boolean; items: object[] }>;
}

/** What the sandbox's Stripe and the store hold of each subscription of ours, side by side. */
export async function bothSides(
  campaign: Campaign,
): Promise<{ atStripe: Map<string, object>; inStore: Map<string, object> }> {
  const { subscriptions } = await campaign.stateOf<StripeState>('stripe');
  const kept = await keptSubscriptions(campaign);
  const inStore = new Map(
    [...kept.values()].map(({ externalId, status, cancelAtPeriodEnd }) => [
      externalId,
      { status, cancelAtPeriodEnd },
    ]),
  );
  const atStripe = new Map(
    subscriptions.map(({ id, status, cancelAtPeriodEnd }) => [id, { status, cancelAtPeriodEnd }]),
  );
  return { atStripe, inStore };
}
