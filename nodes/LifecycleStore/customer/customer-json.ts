import type { IDataObject } from 'n8n-workflow';
import { TIERS, type Customer, type Tier } from '../../../store';
import { withIsoTimes } from '../../shared/iso-times';

/** Decides what `is` says of being new to a tier. */
export interface FirstPlan {
  /** Whether somebody is new to the tier of the first plan, or only to those that came by a change. */
  counts: boolean;
}

/**
 * A customer as the items of a workflow carry it: times as ISO 8601, and `is`, what parameters that take a yes or no can refer
 * to: `free`, `pro`, `enterprise` (the tier), `newToPro`, `newToEnterprise` (the tier, unless by a downgrade), `downgraded`,
 * `churned`.
 */
export function customerJson(customer: Customer, firstPlan: FirstPlan = { counts: true }): IDataObject {
  return { ...withIsoTimes(customer), is: answersOf(customer, firstPlan) };
}

function answersOf({ tier, status, lastChange }: Customer, firstPlan: FirstPlan): IDataObject {
  const isNew = lastChange !== 'downgrade' && (lastChange !== 'start' || firstPlan.counts);
  const isNewTo = (one: Tier): boolean => isNew && tier === one;
  return {
    ...Object.fromEntries(TIERS.map((one) => [one, tier === one])),
    newToPro: isNewTo('pro'),
    newToEnterprise: isNewTo('enterprise'),
    downgraded: lastChange === 'downgrade',
    churned: status === 'churned',
  };
}
