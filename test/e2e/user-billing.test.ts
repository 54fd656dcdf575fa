import { afterEach, describe, expect, it } from '@jest/globals';
import { shuffled } from '../../sandbox/shuffled';
import { useCampaign } from '../support/campaign';
import { allWorkedOn, expectAllDone, keptUser, knownUser, USER_WORKFLOWS } from '../support/users';

const campaign = useCampaign({ published: USER_WORKFLOWS });
const ROSA = 'rosa.keller@example.com';

afterEach(() => expectAllDone(campaign));

const app = (action: string, input: object) => campaign.act('app', action, { email: ROSA, ...input });
const stripe = (action: string, input: object = {}) =>
  campaign.act('stripe', action, { email: ROSA, ...input }) as Promise<{
    subscriptionId: string;
    eventIds: string[];
  }>;
const lemonSqueezy = (action: string, input: object = {}) =>
  campaign.act('lemonsqueezy', action, { email: ROSA, ...input });

/** So many minutes into a day of the past. */
const at = (minutes: number) => new Date(Date.UTC(2026, 5, 1, 12, minutes)).toISOString();

async function rosa() {
  await allWorkedOn(campaign);
  return await knownUser(campaign, ROSA);
}

const inTier = (tier: string, campaigns: string[], status = 'active') => ({
  contacts: 1,
  segments: [`${tier}-tier`],
  campaigns,
  fields: { subscription_tier: tier, subscription_status: status },
});

const HAS_CHURNED = {
  contacts: 1,
  segments: ['churned'],
  campaigns: ['Win-back'],
  fields: { subscription_status: 'churned' },
};

describe('a subscription at Stripe', () => {
  it('takes a customer through the tiers, up to its end and back', async () => {
    // Stripe's clock has whole seconds: what happens within one of them has no order.
    let minute = 0;
    const next = (action: string, input: object = {}) =>
      stripe(action, { timestamp: at((minute += 1)), ...input });
    await next('subscribe', { plan: 'pro', trialDays: 14 });
    expect(await rosa()).toMatchObject({
      ...inTier('pro', ['Pro onboarding'], 'trialing'),
      people: 0,
    });
    await next('renew');
    expect(await rosa()).toMatchObject(inTier('pro', ['Pro onboarding']));
    await next('changePlan', { plan: 'enterprise' });
    expect(await rosa()).toMatchObject(inTier('enterprise', ['Enterprise walkthrough']));
    await next('changePlan', { plan: 'pro' });
    expect(await rosa()).toMatchObject(inTier('pro', ['Retention']));
    await next('failPayment');
    expect(await rosa()).toMatchObject(inTier('pro', ['Retention'], 'past_due'));
    await next('renew');
    await next('cancelAtPeriodEnd');
    expect(await rosa()).toMatchObject(inTier('pro', ['Retention'], 'cancelled'));
    await next('resume');
    expect(await rosa()).toMatchObject(inTier('pro', ['Retention']));
    await next('cancelNow');
    const churned = await rosa();
    expect(churned).toMatchObject(HAS_CHURNED);
    expect(churned.fields.subscription_tier ?? '').toBe('');
    await next('subscribe', { plan: 'pro' });
    expect(await rosa()).toMatchObject(inTier('pro', ['Pro onboarding']));
  });

  it('keeps its tier while it is paused, either way', async () => {
    await stripe('subscribe', { plan: 'pro' });
    await stripe('pauseCollection');
    expect(await rosa()).toMatchObject(inTier('pro', ['Pro onboarding'], 'paused'));
    await stripe('resume');
    expect(await rosa()).toMatchObject(inTier('pro', ['Pro onboarding']));
    await stripe('pause');
    expect(await rosa()).toMatchObject(inTier('pro', ['Pro onboarding'], 'paused'));
    await stripe('resume');
    expect(await rosa()).toMatchObject(inTier('pro', ['Pro onboarding']));
  });

  it.each(['current', 'before-2025-03-31'])(
    'tells everything several times and in any order, in payloads of the %s generation',
    async (generation) => {
      const told = { generation, shuffle: true, copies: 3 };
      await stripe('subscribe', { plan: 'pro', addOns: ['prod_Support'], checkout: true, ...told });
      expect(await rosa()).toMatchObject({
        ...inTier('pro', ['Pro onboarding']),
        fields: { lifetime_value: 38, subscription_tier: 'pro' },
      });
      const changed = await stripe('changePlan', { plan: 'enterprise', ...told });
      const cancelled = await stripe('cancelAtPeriodEnd', told);
      await stripe('refund', { amount: 800, ...told });
      expect(await rosa()).toMatchObject({
        ...inTier('enterprise', ['Enterprise walkthrough'], 'cancelled'),
        fields: { lifetime_value: 30 },
      });
      await stripe('cancelNow', told);
      expect(await rosa()).toMatchObject({ ...HAS_CHURNED, fields: { lifetime_value: 30 } });
      for (const eventId of [...changed.eventIds, ...cancelled.eventIds]) {
        await campaign.act('stripe', 'redeliver', { eventId });
      }
      expect(await rosa()).toMatchObject({ ...HAS_CHURNED, fields: { lifetime_value: 30 } });
    },
  );

  it('whose whole life arrives late and shuffled ends as it ended at Stripe', async () => {
    const quietly = { deliver: false };
    const happened = [
      await stripe('subscribe', { plan: 'pro', timestamp: at(1), ...quietly }),
      await stripe('changePlan', { plan: 'enterprise', timestamp: at(2), ...quietly }),
      await stripe('renew', { timestamp: at(3), ...quietly }),
      await stripe('cancelNow', { timestamp: at(4), ...quietly }),
      await stripe('subscribe', { plan: 'enterprise', timestamp: at(5), ...quietly }),
    ];
    const eventIds = shuffled(happened.flatMap((each) => each.eventIds));
    for (const eventId of eventIds) await campaign.act('stripe', 'redeliver', { eventId, copies: 2 });
    expect(await rosa()).toMatchObject({
      ...inTier('enterprise', ['Enterprise walkthrough']),
      fields: { lifetime_value: 29 + 99 + 99 },
    });
  });

  it('to something that is no plan changes nothing but what was paid', async () => {
    await stripe('subscribe', { plan: 'prod_Support' });
    const user = await rosa();
    expect(user).toMatchObject({ contacts: 1, segments: [], campaigns: [], fields: { lifetime_value: 9 } });
    expect(user.fields.subscription_tier ?? '').toBe('');
    await app('register', { plan: 'free' });
    await stripe('cancelNow');
    expect(await rosa()).toMatchObject({ segments: ['free-tier', 'new-users'], campaigns: ['Welcome'] });
  });

  it('that is never paid for gives no plan', async () => {
    await stripe('subscribe', { plan: 'pro', paid: false });
    expect(await rosa()).toMatchObject({ contacts: 0 });
    await stripe('renew');
    expect(await rosa()).toMatchObject(inTier('pro', ['Pro onboarding']));
  });

  it('beside a higher one counts for nothing, whichever of the two ends first', async () => {
    const first = await stripe('subscribe', { plan: 'pro', timestamp: at(1) });
    const second = await stripe('subscribe', { plan: 'enterprise', timestamp: at(2) });
    await stripe('cancelNow', { subscriptionId: first.subscriptionId, timestamp: at(3) });
    expect(await rosa()).toMatchObject(inTier('enterprise', ['Enterprise walkthrough']));
    await stripe('subscribe', { plan: 'pro', timestamp: at(4) });
    await stripe('cancelNow', { subscriptionId: second.subscriptionId, timestamp: at(5) });
    expect(await rosa()).toMatchObject(inTier('pro', ['Retention']));
  });

  it('that is replaced by a higher one in the very same moment never looks churned', async () => {
    const { subscriptionId } = await stripe('subscribe', { plan: 'pro' });
    expect(await rosa()).toMatchObject(inTier('pro', ['Pro onboarding']));
    await Promise.all([
      stripe('subscribe', { plan: 'enterprise', shuffle: true }),
      stripe('cancelNow', { subscriptionId, copies: 2 }),
    ]);
    expect(await rosa()).toMatchObject(inTier('enterprise', ['Enterprise walkthrough']));
  });

  it('ends with its customer, who is still known', async () => {
    await stripe('subscribe', { plan: 'pro' });
    await allWorkedOn(campaign);
    await stripe('deleteCustomer');
    expect(await rosa()).toMatchObject(HAS_CHURNED);
  });
});

describe('a subscription at Lemon Squeezy', () => {
  it('takes a customer through the tiers, each three times and in any order', async () => {
    const told = { shuffle: true, copies: 3 };
    await lemonSqueezy('subscribe', { plan: 'pro', ...told });
    expect(await rosa()).toMatchObject({
      ...inTier('pro', ['Pro onboarding']),
      fields: { lifetime_value: 19, subscription_tier: 'pro' },
    });
    await lemonSqueezy('changePlan', { plan: 'enterprise', ...told });
    expect(await rosa()).toMatchObject(inTier('enterprise', ['Enterprise walkthrough']));
    await lemonSqueezy('cancel', told);
    expect(await rosa()).toMatchObject(inTier('enterprise', ['Enterprise walkthrough'], 'cancelled'));
    await lemonSqueezy('resume', told);
    expect(await rosa()).toMatchObject(inTier('enterprise', ['Enterprise walkthrough']));
    await lemonSqueezy('pause', told);
    expect(await rosa()).toMatchObject(inTier('enterprise', ['Enterprise walkthrough'], 'paused'));
    await lemonSqueezy('unpause', told);
    await lemonSqueezy('changePlan', { plan: 'pro', ...told });
    expect(await rosa()).toMatchObject(inTier('pro', ['Retention']));
    await lemonSqueezy('cancel', told);
    await lemonSqueezy('expire', told);
    const churned = await rosa();
    expect(churned).toMatchObject(HAS_CHURNED);
    expect(churned.fields.subscription_tier ?? '').toBe('');
    await lemonSqueezy('subscribe', { plan: 'pro', ...told });
    expect(await rosa()).toMatchObject(inTier('pro', ['Pro onboarding']));
  });

  it('or bought once for good is a plan, until it is given back', async () => {
    await lemonSqueezy('buy', { name: 'Rosa Keller', copies: 2 });
    expect(await rosa()).toMatchObject({
      ...inTier('pro', ['Pro onboarding']),
      fields: { firstname: 'Rosa', lifetime_value: 299 },
    });
    await lemonSqueezy('refund', { copies: 2 });
    const churned = await rosa();
    expect(churned).toMatchObject(HAS_CHURNED);
    expect(churned.fields.lifetime_value ?? '').toBe('');
  });
});

describe('several who tell of one plan', () => {
  it('are believed by their clocks, whoever is heard first', async () => {
    const quietly = { deliver: false };
    const subscribed = await stripe('subscribe', { plan: 'pro', timestamp: at(10), ...quietly });
    const upgraded = await stripe('changePlan', { plan: 'enterprise', timestamp: at(30), ...quietly });
    const stripeEvents = [...subscribed.eventIds, ...upgraded.eventIds].map(
      (eventId) => () => campaign.act('stripe', 'redeliver', { eventId, copies: 2 }),
    );
    const appEvents = [
      () => app('register', { plan: 'free', timestamp: at(1), copies: 2 }),
      () => app('changePlan', { plan: 'pro', previousPlan: 'free', timestamp: at(11), copies: 2 }),
      () => app('churn', { timestamp: at(20), copies: 2 }),
    ];
    await Promise.all(shuffled([...stripeEvents, ...appEvents]).map((tell) => tell()));
    expect(await rosa()).toMatchObject({
      contacts: 1,
      people: 1,
      segments: ['enterprise-tier', 'new-users'],
      campaigns: expect.arrayContaining(['Welcome']),
      fields: { subscription_tier: 'enterprise', subscription_status: 'active', lifetime_value: 29 },
    });
    await app('churn', { timestamp: at(40) });
    expect(await rosa()).toMatchObject({
      segments: ['churned', 'new-users'],
      campaigns: ['Welcome', 'Win-back'],
    });
  });

  it('at the same instant: whoever takes the money knows better', async () => {
    await app('register', { plan: 'free', timestamp: at(1) });
    await stripe('subscribe', { plan: 'pro', timestamp: at(2) });
    await app('changePlan', { plan: 'enterprise', previousPlan: 'free', timestamp: at(2) });
    expect(await rosa()).toMatchObject({
      segments: ['new-users', 'pro-tier'],
      fields: { subscription_tier: 'pro' },
    });
  });
});

describe('what a customer has paid', () => {
  const lifetimeValue = async () => (await rosa()).fields.lifetime_value ?? '';

  it('at Stripe is the sum of invoices and purchases less the refunds, down to nothing', async () => {
    await stripe('subscribe', { plan: 'pro', copies: 3, shuffle: true });
    expect(await lifetimeValue()).toBe(29);
    await stripe('renew', { copies: 2 });
    expect(await lifetimeValue()).toBe(58);
    await campaign.buy({ email: ROSA, copies: 2 });
    expect(await lifetimeValue()).toBe(68);
    await stripe('refund', { copies: 2 });
    expect(await lifetimeValue()).toBe(58);
    await stripe('refund', { amount: 999, copies: 2 });
    expect(await lifetimeValue()).toBe(48.01);
    await stripe('refund', { copies: 2 });
    expect(await lifetimeValue()).toBe(29);
    await stripe('refund');
    expect(await lifetimeValue()).toBe('');
  });

  it('at Lemon Squeezy is the sum of orders and later invoices less the refunds, down to nothing', async () => {
    await lemonSqueezy('subscribe', { plan: 'pro', copies: 3, shuffle: true });
    expect(await lifetimeValue()).toBe(19);
    await lemonSqueezy('renew', { copies: 2, shuffle: true });
    expect(await lifetimeValue()).toBe(38);
    await lemonSqueezy('changePlan', { plan: 'enterprise' });
    expect(await lifetimeValue()).toBe(38 + 80);
    await lemonSqueezy('refund', { amount: 1_050, copies: 2, shuffle: true });
    expect(await lifetimeValue()).toBe(38 + 69.5);
    await lemonSqueezy('refund');
    await lemonSqueezy('refund');
    expect(await lifetimeValue()).toBe(19);
    await lemonSqueezy('refund');
    expect(await lifetimeValue()).toBe('');
  });

  it('is in the timeline, payment by payment', async () => {
    await stripe('subscribe', { plan: 'pro', copies: 3 });
    await stripe('refund', { amount: 900 });
    await allWorkedOn(campaign);
    const { customer, timeline } = await keptUser(campaign, ROSA);
    expect(customer).toMatchObject({ lifetimeValue: 20, currency: expect.stringMatching(/^[a-z]{3}$/) });
    const payments = timeline.flatMap((entry) => (entry.kind === 'payment' ? [entry] : []));
    expect(payments.map(({ paid, refunded }) => [paid, refunded])).toEqual([
      [null, 9],
      [29, null],
    ]);
  });
});
