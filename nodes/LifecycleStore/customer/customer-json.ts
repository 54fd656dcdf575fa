import type { IDataObject } from 'n8n-workflow';
import type { Customer } from '../../../store';

/** A customer as the items of a workflow carry it: times as ISO 8601. */
export function customerJson(customer: Customer): IDataObject {
  return Object.fromEntries(
    Object.entries(customer).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ]),
  ) as IDataObject;
}
