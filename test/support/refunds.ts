import { expect } from '@jest/globals';
import type { DeliveryReport } from '../../store';
import type { useCampaign } from './campaign';

type Campaign = ReturnType<typeof useCampaign>;

/** What a delivery has put on record, as one text for each step. */
export function said(delivery: DeliveryReport | undefined): string[] {
  return (delivery?.outcomes ?? []).map(({ service, action }) => `${service}: ${action}`);
}

/** What happens at the sandbox's Stripe; gives the ids of the events that tell of it. */
export async function acted(campaign: Campaign, action: string, input: object): Promise<string[]> {
  const { eventIds } = (await campaign.act('stripe', action, input)) as { eventIds: string[] };
  return eventIds;
}

/** No code in the shop, and a contact who is no VIP and holds none. */
export async function expectNoCoupon(campaign: Campaign, email: string): Promise<void> {
  expect(await campaign.codes()).toEqual([]);
  const [contact, ...others] = await campaign.contacts(email);
  expect(others).toEqual([]);
  expect(Number(contact?.fields.vip_status ?? 0)).toBe(0);
  expect(contact?.fields.promo_code || null).toBeNull();
}
