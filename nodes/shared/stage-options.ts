import type { INodePropertyOptions } from 'n8n-workflow';

/** Where customers are on their journey (store/stage.ts), for drop-downs. */
export const stageOptions: INodePropertyOptions[] = [
  { name: 'Active', value: 'active', description: 'Has a paid plan' },
  { name: 'At Risk', value: 'atRisk', description: 'A payment failed, or an end is set' },
  { name: 'Churned', value: 'churned', description: 'Had a plan, and has none any more' },
  { name: 'Discovery', value: 'discovery', description: 'Known, and no more' },
  { name: 'Onboarding', value: 'onboarding', description: 'New to a paid plan' },
  { name: 'Purchase', value: 'purchase', description: 'Has bought something, but no plan' },
  { name: 'Trial', value: 'trial', description: 'Tries it out: a trial, or a free account' },
  { name: 'Win-Back', value: 'winBack', description: 'Came back after having left' },
];
