import type { EventSource, Stage, Tier } from '../../store';

/** What people call what the store has short names for. */
export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  discovery: 'Discovery',
  trial: 'Trial',
  purchase: 'Purchase',
  onboarding: 'Onboarding',
  active: 'Active',
  atRisk: 'At risk',
  churned: 'Churned',
  winBack: 'Win-back',
};

export const TIER_NAMES: Readonly<Record<Tier, string>> = {
  free: 'Free',
  pro: 'Pro',
  enterprise: 'Enterprise',
};

export const SOURCE_NAMES: Readonly<Record<EventSource, string>> = {
  stripe: 'Stripe',
  mautic: 'Mautic',
  lemonSqueezy: 'Lemon Squeezy',
  resend: 'Resend',
  discord: 'Discord',
  app: 'App',
};
