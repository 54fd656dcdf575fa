import { z } from 'zod/v4';

const text = z.string().nullable();

/** A row of the table `trials`, by the names of its columns. */
export const rowSchema = z.object({
  id: z.int(),
  email: text,
  name: text,
  company: text,
  plan: text,
  /** ISO 8601, in UTC. */
  started_at: text,
  ends_at: text,
});

/** A row to be added; the database gives it its id. */
export const newRowSchema = rowSchema.partial();

export type Row = z.output<typeof rowSchema>;
export type NewRow = z.output<typeof newRowSchema>;
