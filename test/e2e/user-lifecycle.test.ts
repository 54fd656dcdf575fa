import { describe, expect, it } from '@jest/globals';
import { useCampaign } from '../support/campaign';
import { knownUser, USER_WORKFLOWS } from '../support/users';

const campaign = useCampaign({ published: USER_WORKFLOWS });

const app = (action: string, input: object) => campaign.act('app', action, input);

describe('a user who signs up', () => {
  it('is in Mautic with fields, segments and the campaign, and in Twenty, once', async () => {
    await app('register', { email: 'Ada@Example.com', name: 'Ada Lovelace', source: 'website', copies: 5 });
    await campaign.allSettled();
    expect(await knownUser(campaign, 'ada@example.com')).toMatchObject({
      contacts: 1,
      people: 1,
      segments: ['free-tier', 'new-users'],
      campaigns: ['Welcome'],
      fields: {
        firstname: 'Ada',
        lastname: 'Lovelace',
        subscription_tier: 'free',
        subscription_status: 'active',
        signup_source: 'website',
        marketing_consent: true,
        signup_date: new Date().toISOString().slice(0, 10),
      },
    });
    expect(await campaign.slackMessages()).toEqual([]);
  });

  it('is in no campaign without marketing consent', async () => {
    await app('register', { email: 'ada@example.com', marketingConsent: false });
    await campaign.allSettled();
    expect(await knownUser(campaign, 'ada@example.com')).toMatchObject({
      segments: ['free-tier', 'new-users'],
      campaigns: [],
    });
  });

  it('is told to Slack by plan or by source, once', async () => {
    await app('register', {
      email: 'boss@example.com',
      name: 'Grace <Hopper>',
      plan: 'enterprise',
      copies: 3,
    });
    await app('register', { email: 'friend@example.com', source: 'partner' });
    await app('register', { email: 'other@example.com', source: 'website' });
    await campaign.allSettled();
    const lines = (await campaign.slackMessages()).flatMap((text) => text.split('\n'));
    expect(lines.sort()).toEqual([
      ':wave: *Grace &lt;Hopper&gt;* has signed up: enterprise',
      expect.stringMatching(/^:wave: \*.*\* has signed up: free, by partner$/),
    ]);
  });
});

describe("a user's plan", () => {
  it('moves between the tiers by what the application says', async () => {
    await app('register', { email: 'ada@example.com', name: 'Ada Lovelace' });
    await app('changePlan', { email: 'ada@example.com', plan: 'pro' });
    await campaign.allSettled();
    expect(await knownUser(campaign, 'ada@example.com')).toMatchObject({
      segments: ['new-users', 'pro-tier'],
      campaigns: ['Pro onboarding', 'Welcome'],
      fields: { subscription_tier: 'pro', subscription_status: 'active' },
    });
    await app('changePlan', { email: 'ada@example.com', plan: 'free' });
    await campaign.allSettled();
    expect(await knownUser(campaign, 'ada@example.com')).toMatchObject({
      segments: ['free-tier', 'new-users'],
      campaigns: ['Retention', 'Welcome'],
      fields: { subscription_tier: 'free' },
    });
    await app('churn', { email: 'ada@example.com' });
    await campaign.allSettled();
    const churned = await knownUser(campaign, 'ada@example.com');
    expect(churned).toMatchObject({
      contacts: 1,
      people: 1,
      segments: ['churned', 'new-users'],
      campaigns: ['Welcome', 'Win-back'],
      fields: { subscription_status: 'churned' },
    });
    expect(churned.fields.subscription_tier ?? '').toBe('');
  });

  it('ends in the same state in whatever order the events come', async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
    await app('churn', { email: 'ada@example.com', timestamp: at(3) });
    await campaign.allSettled();
    await app('changePlan', {
      email: 'ada@example.com',
      plan: 'enterprise',
      previousPlan: 'pro',
      timestamp: at(4),
    });
    await campaign.allSettled();
    await app('register', { email: 'ada@example.com', timestamp: at(1), copies: 2 });
    await app('changePlan', {
      email: 'ada@example.com',
      plan: 'pro',
      previousPlan: 'free',
      timestamp: at(2),
      copies: 2,
    });
    await campaign.allSettled();
    expect(await knownUser(campaign, 'ada@example.com')).toMatchObject({
      contacts: 1,
      segments: ['enterprise-tier', 'new-users'],
      campaigns: ['Enterprise walkthrough', 'Welcome'],
      fields: { subscription_tier: 'enterprise', subscription_status: 'active', signup_date: '2026-01-01' },
    });
  });
});

describe("a user's activity", () => {
  it('reaches Mautic at most once an hour, whatever comes in', async () => {
    const at = (minutes: number) => new Date(Date.now() - 90 * 60_000 + minutes * 60_000).toISOString();
    await app('logIn', { email: 'ada@example.com', timestamp: at(0) });
    await campaign.allSettled();
    const first = await knownUser(campaign, 'ada@example.com');
    await app('logIn', { email: 'ada@example.com', timestamp: at(30) });
    await campaign.allSettled();
    expect((await knownUser(campaign, 'ada@example.com')).fields.last_login).toBe(first.fields.last_login);
    await app('logIn', { email: 'ada@example.com', timestamp: at(70) });
    await campaign.allSettled();
    const second = await knownUser(campaign, 'ada@example.com');
    expect(second.fields.last_login).not.toBe(first.fields.last_login);
    await app('custom', { email: 'ada@example.com', event: 'report.exported' });
    await campaign.allSettled();
    expect(await knownUser(campaign, 'ada@example.com')).toMatchObject({
      contacts: 1,
      fields: { last_activity: 'report.exported', last_login: second.fields.last_login },
    });
  });
});

it('leaves the rest of a sign-up alone when Twenty and Slack are down, and ends with everything', async () => {
  await campaign.fail('twenty', { status: 503 });
  await campaign.fail('slack', { status: 500 });
  const { id } = (await app('register', { email: 'ada@example.com', plan: 'enterprise' })) as { id: string };
  await campaign.settled([id], 'failed');
  expect(await knownUser(campaign, 'ada@example.com')).toMatchObject({
    people: 0,
    segments: ['enterprise-tier', 'new-users'],
    campaigns: ['Welcome'],
  });
  await campaign.fail('twenty');
  await campaign.fail('slack');
  await campaign.passTime();
  await campaign.allSettled();
  expect(await knownUser(campaign, 'ada@example.com')).toMatchObject({ contacts: 1, people: 1 });
  expect(await campaign.slackMessages()).toContainEqual(expect.stringContaining('has signed up'));
});
