import type { IDataObject } from 'n8n-workflow';
import { TIERS, type Customer } from '../../../store';

/**
 * A customer as the items of a workflow carry it: times as ISO 8601, and `is`, what parameters that take a yes or no can refer
 * to: `free`, `pro`, `enterprise` (the tier), `churned`.
 */
export function customerJson(customer: Customer): IDataObject {
  const fields = Object.entries(customer).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  const tiers = TIERS.map((tier) => [tier, customer.tier === tier]);
  const is = { ...Object.fromEntries(tiers), churned: customer.status === 'churned' } as IDataObject;
  return { ...Object.fromEntries(fields), is } as IDataObject;
}
