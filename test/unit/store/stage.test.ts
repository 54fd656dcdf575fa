import { describe, expect, it } from '@jest/globals';
import { newCustomer } from '../../../store/customer';
import { stageOf, type Stage, type StageFacts } from '../../../store/stage';
import type { SubscriptionState } from '../../../store/subscriptions';

const NOW = new Date('2026-06-30T12:00:00Z');

function days(ago: number): Date {
  return new Date(NOW.getTime() - ago * 86_400_000);
}

const active: Omit<SubscriptionState, 'customerId'> = {
  status: 'active',
  tier: 'pro',
  cancelAtPeriodEnd: false,
  cancelAt: null,
  endedAt: null,
  trialEnd: null,
  paymentFailing: false,
  startedAt: days(40),
};
const canceled = { ...active, status: 'canceled', startedAt: days(90), endedAt: days(60) };
const plan = { status: 'active', tier: 'pro', lastChange: 'start', planChangedAt: days(40) } as const;

type Case = [string, Partial<StageFacts>, Array<Partial<typeof active>>, Stage];

const cases: Case[] = [
  ['of whom only the address is known', {}, [], 'discovery'],
  ['with a subscription that waits for its first payment', {}, [{ status: 'incomplete' }], 'discovery'],
  ['whose first payment never came', {}, [{ status: 'incomplete_expired', endedAt: days(1) }], 'discovery'],
  ['who signed up without a plan', { signedUpAt: days(1) }, [], 'trial'],
  ['with a trial of their own', { trialStartedAt: days(30) }, [], 'trial'],
  ['on a free account', { status: 'active', tier: 'free' }, [], 'trial'],
  ['on trial, by what was said', { ...plan, status: 'trialing' }, [], 'trial'],
  ['on a subscription’s trial', { ...plan, status: 'trialing' }, [{ status: 'trialing' }], 'trial'],
  ['who has bought something, but no plan', { lifetimeValue: 1 }, [], 'purchase'],
  ['who tried it before buying something', { lifetimeValue: 1, signedUpAt: days(9) }, [], 'purchase'],
  ['new to a subscription', {}, [{ startedAt: days(13.9) }], 'onboarding'],
  ['new to it after its trial', {}, [{ trialEnd: days(13) }], 'onboarding'],
  ['no longer new to it', {}, [{ startedAt: days(14) }], 'active'],
  ['who uses it', { lastActivityAt: days(1) }, [{ startedAt: days(2) }], 'active'],
  ['who used it before it was paid for', { lastActivityAt: days(3) }, [{ startedAt: days(2) }], 'onboarding'],
  ['with a second subscription', {}, [{}, { startedAt: days(1) }], 'active'],
  ['new to a plan', { ...plan, planChangedAt: days(2) }, [], 'onboarding'],
  ['who came from a free one', { ...plan, previousTier: 'free', planChangedAt: days(2) }, [], 'onboarding'],
  ['on another paid one', { ...plan, previousTier: 'enterprise', planChangedAt: days(2) }, [], 'active'],
  ['on a plan for long', plan, [], 'active'],
  ['whose subscription is paused', { ...plan, status: 'paused' }, [{ status: 'paused' }], 'active'],
  ['whose payment failed', plan, [{ paymentFailing: true }], 'atRisk'],
  ['whose payment failed, by what was said', { ...plan, status: 'past_due' }, [], 'atRisk'],
  ['whose subscription is set to end', plan, [{ cancelAtPeriodEnd: true }], 'atRisk'],
  ['whose subscription ends at a time', plan, [{ cancelAt: days(-9) }], 'atRisk'],
  ['whose trial is set to end', plan, [{ status: 'trialing', cancelAtPeriodEnd: true }], 'atRisk'],
  ['whose one of two subscriptions ends', plan, [{}, { cancelAtPeriodEnd: true }], 'atRisk'],
  ['whose ended one was set to end', plan, [{}, { ...canceled, cancelAtPeriodEnd: true }], 'active'],
  ['who has left', {}, [canceled], 'churned'],
  ['who has left, by what was said', { status: 'churned', lifetimeValue: 9 }, [], 'churned'],
  ['who left, but still has another', {}, [canceled, { startedAt: days(70) }], 'active'],
  ['who came back', {}, [canceled, { startedAt: days(3) }], 'winBack'],
  ['who came back some time ago', {}, [canceled, {}], 'active'],
  ['who came back and uses it', { lastActivityAt: days(1) }, [canceled, { startedAt: days(3) }], 'active'],
  [
    'whose first payment once failed',
    {},
    [{ ...canceled, status: 'incomplete_expired' }, { startedAt: days(3) }],
    'onboarding',
  ],
  [
    'who came back, by what was said',
    { ...plan, lastChange: 'return', planChangedAt: days(3), previousTier: 'pro' },
    [],
    'winBack',
  ],
];

describe('the stage of somebody', () => {
  it.each(cases)('%s', (_who, facts, subscriptions, stage) => {
    const customer = { ...newCustomer('ada@example.com'), ...facts };
    const states = subscriptions.map((each) => ({ ...active, ...each }));
    expect(stageOf(customer, states, NOW)).toBe(stage);
    expect(stageOf(customer, states.reverse(), NOW)).toBe(stage);
  });
});
