import { afterEach, describe, expect, it } from '@jest/globals';
import { useCampaign } from '../support/campaign';
import { BEFORE, HELD } from '../support/kill';
import { until } from '../support/until';
import {
  expectAllDone,
  healed,
  knownUser,
  knownUsers,
  toldOfSignUps,
  USER_WORKFLOWS,
} from '../support/users';

const campaign = useCampaign({ published: USER_WORKFLOWS });

afterEach(() => expectAllDone(campaign));

const app = (action: string, input: object) => campaign.act('app', action, input) as Promise<{ id: string }>;

async function killAndStart(): Promise<void> {
  await campaign.stack.n8n.kill();
  await campaign.stack.n8n.start();
}

const SIGNED_UP = {
  contacts: 1,
  people: 1,
  personName: 'Ada Lovelace',
  segments: ['enterprise-tier', 'new-users'],
  campaigns: ['Welcome'],
  fields: { firstname: 'Ada', subscription_tier: 'enterprise', marketing_consent: true },
};
const LINE = ':wave: *Ada Lovelace* has signed up: enterprise';

interface Life {
  live(email: string): Array<Promise<unknown>>;
  /** What the outside systems hold in the end. */
  ends: object;
}

describe('n8n killed with kill -9 while somebody signs up', () => {
  it.each([
    ['before it is in a segment', 'mautic', { path: '/segments/.*/add$', ...BEFORE }, [LINE]],
    ['when it is in the campaign', 'mautic', { path: '/campaigns/.*/add$', ...HELD }, [LINE]],
    ['when Slack is told', 'slack', { path: '', ...HELD }, [LINE]],
    // Slack cannot be asked whether it was told: rather not at all than twice.
    ['before Slack is told', 'slack', { path: '', ...BEFORE }, []],
    ['before the person is created', 'twenty', { method: 'POST', path: '/people$', ...BEFORE }, [LINE]],
    ['when the person is created', 'twenty', { method: 'POST', path: '/people$', ...HELD }, [LINE]],
  ])('%s: after the restart all is as it should be, once', async (_case, system, rule, lines) => {
    await campaign.fail(system, rule);
    await app('register', { email: 'ada@example.com', name: 'Ada Lovelace', plan: 'enterprise' });
    await until(() => campaign.hasReached(system, rule), `n8n to call ${system}`);
    await killAndStart();
    await healed(campaign, system);
    expect(await knownUser(campaign, 'ada@example.com')).toMatchObject(SIGNED_UP);
    expect(await toldOfSignUps(campaign)).toEqual(lines);
  });
});

it('killed with kill -9 while a plan changes and another one ends, both are shown after the restart', async () => {
  for (const name of ['ada', 'eve', 'bob']) {
    await app('register', { email: `${name}@example.com`, plan: name === 'bob' ? 'free' : 'pro' });
  }
  await campaign.allSettled();
  const steps = [
    { method: 'PATCH', path: '/edit$', ...HELD },
    { method: 'POST', path: '/segments/.*/(add|remove)$', ...HELD },
  ];
  await campaign.fail('mautic', ...steps);
  await app('changePlan', { email: 'ada@example.com', plan: 'free' });
  await app('churn', { email: 'eve@example.com' });
  await until(() => campaign.hasReached('mautic', { path: '' }), 'both flows to be held');
  await app('logIn', { email: 'bob@example.com' });
  await killAndStart();
  await healed(campaign, 'mautic');
  const users = await knownUsers(campaign);
  expect(users.get('ada@example.com')).toMatchObject({
    contacts: 1,
    segments: ['free-tier', 'new-users'],
    campaigns: ['Retention', 'Welcome'],
    fields: { subscription_tier: 'free' },
  });
  expect(users.get('eve@example.com')).toMatchObject({
    contacts: 1,
    segments: ['churned', 'new-users'],
    campaigns: ['Welcome', 'Win-back'],
    fields: { subscription_status: 'churned' },
  });
  expect(users.get('bob@example.com')).toMatchObject({
    segments: ['free-tier', 'new-users'],
    fields: { last_login: expect.any(String) },
  });
});

it('killed with kill -9 twice in the middle of 100 events, everybody is as they should be, once', async () => {
  const at = (minutes: number) => new Date(Date.UTC(2026, 5, 1, 12, minutes)).toISOString();
  const lives: Life[] = [
    {
      live: (email: string) => [app('register', { email, plan: 'enterprise', timestamp: at(1) })],
      ends: { segments: ['enterprise-tier', 'new-users'], campaigns: ['Welcome'] },
    },
    {
      live: (email: string) => [
        app('register', { email, plan: 'free', timestamp: at(1) }),
        app('changePlan', { email, plan: 'pro', previousPlan: 'free', timestamp: at(2) }),
      ],
      ends: { segments: ['new-users', 'pro-tier'], campaigns: ['Pro onboarding', 'Welcome'] },
    },
    {
      live: (email: string) => [
        app('churn', { email, timestamp: at(3) }),
        app('register', { email, plan: 'pro', timestamp: at(1) }),
      ],
      ends: { segments: ['churned', 'new-users'], campaigns: ['Welcome', 'Win-back'] },
    },
    {
      live: (email: string) => [
        app('register', { email, plan: 'free', timestamp: at(1) }),
        campaign.act('stripe', 'subscribe', { email, plan: 'pro', timestamp: at(2), shuffle: true }),
      ],
      ends: {
        segments: ['new-users', 'pro-tier'],
        campaigns: ['Pro onboarding', 'Welcome'],
        fields: { lifetime_value: 29 },
      },
    },
  ];
  const users = Array.from({ length: 12 }, (_, group) =>
    lives.map((life, kind) => ({ ...life, email: `crowd${group}.${kind}@example.com` })),
  ).flat();
  await campaign.slowDown(60);
  await Promise.all(users.flatMap(({ email, live }) => live(email)));
  const known = async () => (await knownUsers(campaign)).size;
  await until(async () => (await known()) >= 15, 'the first of them to be known');
  await killAndStart();
  await until(async () => (await known()) >= 30, 'more of them to be known');
  await killAndStart();
  await campaign.slowDown(0);
  await healed(campaign);
  const found = await knownUsers(campaign);
  for (const { email, ends } of users) {
    expect({ email, ...found.get(email) }).toMatchObject({ email, contacts: 1, people: 1, ...ends });
  }
  const lines = await toldOfSignUps(campaign);
  expect(new Set(lines).size).toBe(lines.length);
});
