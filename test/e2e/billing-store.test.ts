import { afterEach, describe, expect, it } from '@jest/globals';
import { openStore, type TimelineEntry } from '../../store';
import { keptSubscriptions, stagesOf, STAGE_HANDLER } from '../support/billing';
import { useCampaign } from '../support/campaign';
import { REFUSED, TOO_MANY, UNREACHABLE, WEB_PAGE } from '../support/faults';
import { allWorkedOn, expectAllDone, healed, keptUser } from '../support/users';

const campaign = useCampaign({
  published: ['intake', 'on-error', 'customer-billing'],
  added: [STAGE_HANDLER],
});
const ROSA = 'rosa.keller@example.com';

afterEach(() => expectAllDone(campaign));

interface Billed {
  subscriptionId: string;
  customerId: string;
  eventIds: string[];
}

const stripe = (action: string, input: object = {}) =>
  campaign.act('stripe', action, { email: ROSA, ...input }) as Promise<Billed>;

async function rosa() {
  await allWorkedOn(campaign);
  const { customer, timeline } = await keptUser(campaign, ROSA);
  const [subscription] = [...(await keptSubscriptions(campaign)).values()];
  return { customer, subscription, types: typesOf(timeline) };
}

/** The types of the events on a timeline. */
function typesOf(timeline: readonly TimelineEntry[]): string[] {
  return timeline.flatMap((entry) => (entry.kind === 'event' ? [entry.type] : []));
}

describe('what Stripe tells of a subscription', () => {
  it.each(['current', 'before-2025-03-31'])(
    'is kept, event by event, in payloads of the %s generation',
    async (generation) => {
      const next = (action: string, input: object = {}) => stripe(action, { generation, ...input });
      await next('subscribe', { plan: 'pro', trialDays: 14 });
      const begun = await rosa();
      expect(begun.customer).toMatchObject({ tier: 'pro', status: 'trialing', stage: 'trial' });
      expect(begun.subscription).toMatchObject({
        status: 'trialing',
        email: ROSA,
        tier: 'pro',
        currency: 'eur',
        amountMinor: 2_900,
        intervalCount: 1,
        intervalUnit: 'month',
        cancelAtPeriodEnd: false,
        paymentFailing: false,
        trialEnd: begun.subscription?.periodEnd,
      });
      expect(begun.types).toEqual(expect.arrayContaining(['customer.subscription.created', 'invoice.paid']));

      await next('trialWillEnd');
      expect((await rosa()).types).toContain('customer.subscription.trial_will_end');
      await next('renew');
      expect((await rosa()).customer).toMatchObject({ status: 'active', lifetimeValue: 29 });
      await next('failPayment');
      const failing = await rosa();
      expect(failing.types).toContain('invoice.payment_failed');
      expect(failing.subscription).toMatchObject({ status: 'past_due', paymentFailing: true });
      expect(failing.customer).toMatchObject({ stage: 'atRisk' });
      await next('renew');
      await next('changePlan', { plan: 'enterprise' });
      const upgraded = await rosa();
      expect(upgraded.subscription).toMatchObject({
        tier: 'enterprise',
        amountMinor: 9_900,
        status: 'active',
      });
      expect(upgraded.customer).toMatchObject({ tier: 'enterprise', lifetimeValue: 58 });
      await next('pause');
      expect((await rosa()).subscription).toMatchObject({ status: 'paused' });
      await next('resume');
      const resumed = await rosa();
      expect(resumed.subscription).toMatchObject({ status: 'active' });
      expect(resumed.types).toEqual(
        expect.arrayContaining(['customer.subscription.paused', 'customer.subscription.resumed']),
      );
      await next('cancelAtPeriodEnd', { feedback: 'too_expensive', comment: 'Maybe later' });
      const cancelled = await rosa();
      expect(cancelled.subscription).toMatchObject({
        cancelAtPeriodEnd: true,
        cancelAt: cancelled.subscription?.periodEnd,
        cancellationReason: 'cancellation_requested',
        cancellationFeedback: 'too_expensive',
        cancellationComment: 'Maybe later',
      });
      expect(cancelled.customer).toMatchObject({ status: 'cancelled', stage: 'atRisk' });
      await next('openDispute');
      await next('cancelNow');
      const ended = await rosa();
      expect(ended.subscription).toMatchObject({ status: 'canceled', endedAt: expect.any(Date) });
      expect(ended.customer).toMatchObject({ tier: null, status: 'churned', stage: 'churned' });
      expect(ended.types).toEqual(
        expect.arrayContaining(['charge.dispute.created', 'customer.subscription.deleted']),
      );
    },
  );

  it('moves the customer along the journey, and workflows start from each stage', async () => {
    await stripe('subscribe', { plan: 'pro', trialDays: 14 });
    await allWorkedOn(campaign);
    await stripe('renew');
    await allWorkedOn(campaign);
    await stripe('failPayment');
    await allWorkedOn(campaign);
    await stripe('renew');
    await allWorkedOn(campaign);
    await stripe('cancelNow');
    await allWorkedOn(campaign);
    await stripe('subscribe', { plan: 'pro' });
    await allWorkedOn(campaign);
    const stages = await stagesOf(campaign, ROSA);
    expect(stages.map(([stage]) => stage)).toEqual(
      // The trial's end lies ahead of its payment here: nobody is new to what they pay for before that.
      expect.arrayContaining(['trial', 'atRisk', 'churned', 'winBack']),
    );
    expect(stages.at(-1)?.[0]).toBe('winBack');
    expect(stages.every(([, cause]) => cause?.startsWith('stripe:'))).toBe(true);
    const handled = await campaign.deliveriesTo('On stage');
    expect(handled.map(({ state }) => state)).toEqual(stages.map(() => 'done'));
    expect(handled[0]?.event.payload).toMatchObject({
      email: ROSA,
      previousStage: 'churned',
      stage: 'winBack',
    });
  });

  it('told several times, in any order, late and again ends the same', async () => {
    const told = { shuffle: true, copies: 3 };
    const first = await stripe('subscribe', { plan: 'pro', ...told });
    await stripe('changePlan', { plan: 'enterprise', ...told });
    await stripe('cancelAtPeriodEnd', told);
    const before = await rosa();
    expect(before.customer).toMatchObject({ tier: 'enterprise', status: 'cancelled', stage: 'atRisk' });
    for (const eventId of first.eventIds) await campaign.act('stripe', 'redeliver', { eventId, copies: 2 });
    const store = await openStore(campaign.stack.databaseUrl);
    await store.deliveries.replay({ states: ['done'] });
    const after = await rosa();
    expect(after.customer).toMatchObject({ tier: 'enterprise', status: 'cancelled', stage: 'atRisk' });
    expect(after.subscription).toEqual({ ...before.subscription, readAt: expect.any(Date) });
  });

  it.each([
    ['down', REFUSED],
    ['unreachable', UNREACHABLE],
    ['asking for patience', TOO_MANY],
    ['answering with a web page', WEB_PAGE],
  ])('while its API is %s is done once it works again, once', async (_how, rule) => {
    await campaign.fail('stripe', { ...rule, path: '^/v1/(subscriptions|customers|charges)' });
    await stripe('subscribe', { plan: 'pro' });
    await stripe('cancelAtPeriodEnd');
    await healed(campaign, 'stripe');
    const { customer, subscription } = await rosa();
    expect(customer).toMatchObject({ tier: 'pro', status: 'cancelled', lifetimeValue: 29 });
    expect(subscription).toMatchObject({ cancelAtPeriodEnd: true });
  });
});

describe('people', () => {
  it('without an address are nobody until there is one', async () => {
    const { subscriptionId, customerId } = await stripe('subscribe', { email: null, plan: 'pro' });
    await allWorkedOn(campaign);
    expect((await keptSubscriptions(campaign)).get(subscriptionId)).toMatchObject({
      email: null,
      customerId: null,
    });
    await campaign.act('stripe', 'updateCustomer', { customerId, newEmail: ROSA });
    await campaign.act('stripe', 'cancelAtPeriodEnd', { subscriptionId });
    await allWorkedOn(campaign);
    expect((await keptSubscriptions(campaign)).get(subscriptionId)).toMatchObject({ email: ROSA });
    expect((await keptUser(campaign, ROSA)).customer).toMatchObject({ tier: 'pro', stage: 'atRisk' });
  });

  it('who are two customers at Stripe with one address are one here', async () => {
    await stripe('subscribe', { plan: 'pro' });
    const second = await stripe('subscribe', {
      email: ROSA.toUpperCase(),
      newCustomer: true,
      plan: 'enterprise',
    });
    await allWorkedOn(campaign);
    const kept = [...(await keptSubscriptions(campaign)).values()];
    expect(new Set(kept.map(({ externalCustomerId }) => externalCustomerId)).size).toBe(2);
    expect(new Set(kept.map(({ customerId }) => customerId)).size).toBe(1);
    expect((await keptUser(campaign, ROSA)).customer).toMatchObject({
      tier: 'enterprise',
      lifetimeValue: 128,
    });
    await campaign.act('stripe', 'cancelNow', { subscriptionId: second.subscriptionId });
    expect((await rosa()).customer).toMatchObject({ tier: 'pro', status: 'active' });
  });

  it('whom Stripe has deleted keep what was known', async () => {
    await stripe('subscribe', { plan: 'pro' });
    await allWorkedOn(campaign);
    await stripe('deleteCustomer');
    const { customer, subscription } = await rosa();
    expect(customer).toMatchObject({ status: 'churned', stage: 'churned', lifetimeValue: 29 });
    expect(subscription).toMatchObject({ status: 'canceled', email: ROSA });
  });
});

describe('amounts', () => {
  it.each([
    ['jpy', 4_900, 4_900],
    ['kwd', 12_345, 12.345],
  ])('in %s are kept in its smallest unit, and shown in its own', async (currency, amount, value) => {
    const product = { name: 'Pro abroad', metadata: { plan: 'pro' }, amount, currency, interval: 'month' };
    const { productId } = (await campaign.act('stripe', 'createProduct', product)) as { productId: string };
    await stripe('subscribe', { plan: productId });
    const { customer, subscription } = await rosa();
    expect(subscription).toMatchObject({ currency, amountMinor: amount });
    expect(customer).toMatchObject({ currency, lifetimeValue: value });
  });

  it('that were given back count no more', async () => {
    await stripe('subscribe', { plan: 'pro' });
    await allWorkedOn(campaign);
    await stripe('refund');
    const { customer, types } = await rosa();
    expect(customer).toMatchObject({ lifetimeValue: 0 });
    expect(types).toContain('charge.refunded');
  });
});
