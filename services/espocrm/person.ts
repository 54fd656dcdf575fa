import { z } from 'zod/v4';

export type PersonEntity = 'Lead' | 'Contact';

/** Somebody who is in EspoCRM. */
export interface Person {
  id: string;
  entity: PersonEntity;
  /** Of a lead, e.g. `New` or `Converted`; a contact has none. */
  status: string | null;
}

/** A record as lists and duplicate answers give it, which tell its primary e-mail address only. */
export const personRow = z.object({
  id: z.string(),
  emailAddress: z.string().nullish(),
  status: z.string().nullish(),
  /** UTC, `YYYY-MM-DD HH:mm:ss`. */
  createdAt: z.string().nullish(),
});

export type PersonRow = z.output<typeof personRow>;

/** The stock statuses of leads that nobody works on; the later ones are the less wanted. */
const CLOSED = ['Converted', 'Recycled', 'Dead'];

/**
 * The order in which records with one e-mail address are taken: open leads, then converted, recycled and dead ones; of
 * these the oldest.
 */
export function byPreference(one: PersonRow, other: PersonRow): number {
  return (
    CLOSED.indexOf(one.status ?? '') - CLOSED.indexOf(other.status ?? '') ||
    compare(one.createdAt ?? '', other.createdAt ?? '') ||
    compare(one.id, other.id)
  );
}

/** Whether this is a record's primary address; `address` in lower case. */
export function hasPrimaryAddress(row: PersonRow, address: string): boolean {
  return row.emailAddress?.trim().toLowerCase() === address;
}

export function personOf(entity: PersonEntity, { id, status }: PersonRow): Person {
  return { id, entity, status: entity === 'Lead' ? (status ?? null) : null };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
