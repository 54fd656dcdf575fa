import type { INodePropertyOptions } from 'n8n-workflow';
import type { PlanStatus, Stage, Tier } from '../../../store';
import { stageOptions } from '../../shared/stage-options';
import { chosen, limitProperty, listForEach } from '../listing';
import { showOnlyFor, type Operation } from '../operation';
import { customerJson } from './customer-json';

const tiers: INodePropertyOptions[] = [
  { name: 'Enterprise', value: 'enterprise' },
  { name: 'Free', value: 'free' },
  { name: 'Pro', value: 'pro' },
];

const statuses: INodePropertyOptions[] = [
  { name: 'Active', value: 'active' },
  { name: 'Cancelled', value: 'cancelled', description: 'Paid until its end, which is set' },
  { name: 'Churned', value: 'churned', description: 'Has ended' },
  { name: 'Past Due', value: 'past_due' },
  { name: 'Paused', value: 'paused' },
  { name: 'Trialing', value: 'trialing' },
];

export const find: Operation = {
  properties: showOnlyFor('customer', 'find', [
    {
      displayName: 'Name or Email Contains',
      name: 'text',
      type: 'string',
      default: '',
      placeholder: 'e.g. example.com',
      description: 'A part of the name or the address, upper and lower case alike; empty means all',
    },
    {
      displayName: 'Stages',
      name: 'stages',
      type: 'multiOptions',
      options: stageOptions,
      default: [],
      description: 'Where on the journey they are; none chosen means all',
    },
    {
      displayName: 'Tiers',
      name: 'tiers',
      type: 'multiOptions',
      options: tiers,
      default: [],
      description: 'Which plan they have; none chosen means all',
    },
    {
      displayName: 'Plan Statuses',
      name: 'statuses',
      type: 'multiOptions',
      options: statuses,
      default: [],
      description: 'How their plan stands; none chosen means all',
    },
    limitProperty,
  ]),

  execute: (context, store) =>
    listForEach(context, async (index, limit) => {
      const text = String(context.getNodeParameter('text', index, '')).trim();
      const customers = await store.customers.find(
        {
          ...(text !== '' && { text }),
          stages: chosen<Stage>(context, 'stages', index),
          tiers: chosen<Tier>(context, 'tiers', index),
          statuses: chosen<PlanStatus>(context, 'statuses', index),
        },
        limit,
      );
      return customers.map((customer) => customerJson(customer));
    }),
};
