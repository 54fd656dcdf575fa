import { z } from 'zod/v4';
import { canonical } from './email-address';

/** A person as Twenty answers it; the fields of the workspace come besides. */
export const personRow = z.looseObject({
  id: z.string(),
  emails: z
    .object({
      primaryEmail: z.string().nullish(),
      additionalEmails: z.array(z.string()).nullish().catch(null),
    })
    .nullish(),
  createdAt: z.string().nullish(),
  /** When the person was put into the trash. */
  deletedAt: z.string().nullish(),
});

export type PersonRow = z.output<typeof personRow>;

export function isDeleted({ deletedAt }: PersonRow): boolean {
  return typeof deletedAt === 'string';
}

/** `address` as it is compared. */
export function hasPrimaryAddress({ emails }: PersonRow, address: string): boolean {
  return canonical(emails?.primaryEmail ?? '') === address;
}

/** All addresses of a person as they are stored, the primary one first. */
export function addressesOf({ emails }: PersonRow): string[] {
  return [emails?.primaryEmail ?? '', ...(emails?.additionalEmails ?? [])].filter(
    (address) => address !== '',
  );
}

/**
 * Who of these has the address (as it is compared): first somebody who has it as the primary one, then as a further one,
 * then somebody in the trash who has it as the primary one, which stays taken there. Of several the oldest.
 */
export function holderOf(rows: readonly PersonRow[], address: string): PersonRow | undefined {
  const oldestFirst = [...rows].sort(
    (one, other) => compare(one.createdAt ?? '', other.createdAt ?? '') || compare(one.id, other.id),
  );
  const primary = oldestFirst.filter((row) => hasPrimaryAddress(row, address));
  return (
    primary.find((row) => !isDeleted(row)) ??
    oldestFirst.find((row) => !isDeleted(row) && addressesOf(row).map(canonical).includes(address)) ??
    primary[0]
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
