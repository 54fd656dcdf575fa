import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { validateLog } from '../contract/contract';
import { useCampaign } from '../support/campaign';
import { expectInvariants, WITHOUT_WAITS, type Invited } from '../support/invites';
import { until } from '../support/until';

/**
 * Two workflows work on the same contacts at the same time, each taking its own turns, as two n8n would that have no group
 * key in common. The second is not told of new contacts, so that the two can begin with different events.
 */
const campaign = useCampaign({
  parameters: WITHOUT_WAITS,
  copies: [
    {
      of: 'discord-invite',
      id: 'discord-invite-rival',
      name: 'Discord invite, rival',
      parameters: { 'discord-invite-on-update': { eventTypes: ['mautic:mautic.lead_post_save_update'] } },
    },
  ],
});
// Of one store, the group keys would let the two take turns with each other.
beforeAll(async () => {
  await campaign.sql(
    `create function lifecycle.own_group() returns trigger language plpgsql as $$
     begin
       new.group_key := new.group_key || ':' || new.handler_id;
       return new;
     end $$;
     create trigger own_group before insert on lifecycle.delivery
       for each row execute function lifecycle.own_group()`,
  );
});

/** One may wait for the end of what the other has begun: 5 s for an invite, 20 s for an e-mail. */
const LONGEST_WAIT_SECONDS = 90;

afterEach(async () => {
  expect(validateLog(await campaign.requests())).toEqual([]);
});

const save = (email: string, fields: object) => campaign.act('mautic', 'saveContact', { email, fields });

/** All is quiet, and what has to hold for a contact holds. */
async function outcomeOf(email: string): Promise<Invited> {
  await campaign.allSettled(LONGEST_WAIT_SECONDS);
  return await expectInvariants(campaign, email);
}

async function statuses(): Promise<string[]> {
  return (await campaign.invites()).map(({ status }) => status).sort();
}

/** How often each action stands in the records of both workflows. */
async function countActions(pattern: RegExp): Promise<Record<string, number>> {
  const count = async (handler: string): Promise<[string, number]> => {
    const actions = (await campaign.mauticDeliveries(handler)).flatMap(({ outcomes }) =>
      outcomes.map(({ action }) => String(action)),
    );
    return [handler, actions.filter((action) => pattern.test(action)).length];
  };
  return Object.fromEntries(await Promise.all([count('Discord invite'), count('Discord invite, rival')]));
}

const EACH_ONCE = { 'Discord invite': 1, 'Discord invite, rival': 1 };

describe('one event that both work on at once', () => {
  it.each([
    ['without latency', 0],
    ['with some latency', 30],
    ['with much latency', 200],
  ])('ends in one invite and one e-mail, %s', async (_case, latency) => {
    await save('ada@example.com', { vip_status: true });
    await campaign.allSettled();
    await campaign.slowDown(latency);
    await campaign.optIn('ada@example.com');
    expect((await outcomeOf('ada@example.com')).tier).toBe('vip');
    expect(await campaign.invites()).toHaveLength(1);
    expect(await campaign.emails()).toHaveLength(1);
  });

  it('ends in one invite, also when Discord keeps the first one waiting for longer than the other waits', async () => {
    await save('slow@example.com', {});
    await campaign.allSettled();
    await campaign.fail('discord', { method: 'POST', path: '/invites$', latencyMs: 8_000, times: 1 });
    await campaign.slowDown(100);
    await campaign.optIn('slow@example.com');
    await outcomeOf('slow@example.com');
    expect(await campaign.emails()).toHaveLength(1);
  });

  it('and ten contacts at once end in one invite and one e-mail each', async () => {
    const emails = Array.from({ length: 10 }, (_, number) => `crowd${number}@example.com`);
    await Promise.all(emails.map((email) => save(email, {})));
    await campaign.allSettled();
    await campaign.slowDown(30);
    await Promise.all(emails.map((email, number) => campaign.optIn(email, { vip_status: number % 2 === 0 })));
    for (const email of emails) await outcomeOf(email);
    expect(await statuses()).toEqual(Array.from(emails, () => 'live'));
    expect(await campaign.emails()).toHaveLength(10);
  });
});

describe('two events of one contact, of which the second is looked at when the first has its invite', () => {
  it.each([
    ['first', [{ latencyMs: 3_000, holdMs: 500 }, { holdMs: 4_000 }]],
    [
      'second',
      [
        { latencyMs: 2_000, holdMs: 4_000 },
        { latencyMs: 3_000, holdMs: 500 },
      ],
    ],
  ])('and both write before either confirms: what the %s has written last stays', async (_case, holds) => {
    await campaign.slowDown(50);
    await campaign.fail('mautic', ...holds.map((hold) => ({ method: 'PATCH', times: 1, ...hold })));
    await campaign.optIn('ada@example.com');
    await until(async () => (await campaign.invites()).length === 1, 'the first invite');
    await save('ada@example.com', { city: 'Rome' });
    await outcomeOf('ada@example.com');
    expect(await countActions(/invite issued/)).toEqual(EACH_ONCE);
    expect(await statuses()).toEqual(['live', 'revoked']);
    expect(await campaign.emails()).toHaveLength(1);
  });

  it('and makes the contact a VIP: the VIP link stays, the basic one is revoked and not sent', async () => {
    await campaign.slowDown(50);
    await campaign.fail('mautic', { method: 'PATCH', times: 1, holdMs: 4_000 });
    await campaign.optIn('up@example.com');
    await until(async () => (await campaign.invites()).length === 1, 'the basic invite');
    await save('up@example.com', { vip_status: true });
    expect((await outcomeOf('up@example.com')).tier).toBe('vip');
    expect((await campaign.invites()).map(({ status }) => status)).toEqual(['revoked', 'live']);
    expect(await campaign.emails()).toHaveLength(1);
  });

  it('and so for ten contacts at once: each keeps one link, and is sent it once', async () => {
    const emails = Array.from({ length: 10 }, (_, number) => `crowd${number}@example.com`);
    await campaign.act('discord', 'setLimits', { inviteLimit: 100 });
    await campaign.act('mautic', 'setQueueMode', { queueMode: 'command' });
    await campaign.slowDown(50);
    await campaign.fail('mautic', { method: 'PATCH', latencyMs: 4_000, holdMs: 4_000 });
    for (const email of emails) await campaign.optIn(email);
    await campaign.act('mautic', 'processWebhooks');
    await until(async () => (await campaign.invites()).length === 10, 'the first ten invites');
    for (const email of emails) await save(email, { city: 'Rome' });
    await campaign.act('mautic', 'processWebhooks');
    for (const email of emails) await outcomeOf(email);
    expect(await statuses()).toEqual([...emails.map(() => 'live'), ...emails.map(() => 'revoked')]);
    expect(await campaign.emails()).toHaveLength(10);

    // What both have written themselves.
    await campaign.act('mautic', 'processWebhooks');
    for (const email of emails) await outcomeOf(email);
    expect(await campaign.invites()).toHaveLength(20);
    expect(await campaign.emails()).toHaveLength(10);
  });
});

describe('two events of one contact at the very same time', () => {
  it('end in one link, which is sent once', async () => {
    await campaign.slowDown(100);
    await campaign.fail('mautic', { method: 'PATCH', holdMs: 1_500, times: 2 });
    await campaign.optIn('ada@example.com');
    await save('ada@example.com', { city: 'Rome' });
    await outcomeOf('ada@example.com');
    expect(await campaign.emails()).toHaveLength(1);
  });
});
