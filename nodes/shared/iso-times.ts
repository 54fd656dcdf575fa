import type { IDataObject } from 'n8n-workflow';

/** A record as items carry it: its times as ISO 8601. */
export function withIsoTimes(record: object): IDataObject {
  const fields = Object.entries(record).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return Object.fromEntries(fields) as IDataObject;
}
