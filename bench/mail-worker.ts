import { z } from 'zod/v4';
import { ourMover, queueMover, type Times } from './mail-movers';
import { TIPS } from './tips-sequence';

export const mailJobSchema = z.strictObject({
  side: z.enum(['ours', 'queue']),
  databaseUrl: z.string(),
  customers: z.int().min(1),
});
export type MailJob = z.infer<typeof mailJobSchema>;

export interface MailOutcome {
  moved: number;
  /** In milliseconds. */
  planning: number;
  moving: number;
  times: Times;
}

async function work({ side, databaseUrl, customers }: MailJob): Promise<MailOutcome> {
  const mover =
    side === 'ours'
      ? await ourMover(databaseUrl, customers)
      : await queueMover(databaseUrl, customers * TIPS.steps.length);
  const startedAt = performance.now();
  await mover.plan();
  const plannedAt = performance.now();
  const moved = await mover.move();
  const movedAt = performance.now();
  await mover.close();
  return { moved, planning: plannedAt - startedAt, moving: movedAt - plannedAt, times: mover.times() };
}

process.once('message', (message) => {
  work(mailJobSchema.parse(message)).then(
    (outcome) => process.send?.({ outcome }, () => process.exit(0)),
    (error: unknown) =>
      process.send?.({ failure: error instanceof Error ? error.stack : 'unknown' }, () => process.exit(1)),
  );
});
