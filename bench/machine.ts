import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What a result depends on, in one line; `1-minute load` tells whether somebody else was at work. */
export function conditions(): string {
  const gibibytes = (totalmem() / 1024 ** 3).toFixed(0);
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return (
    `${availableParallelism()} cores (${model}) shared by n8n, PostgreSQL, the sandbox and the load generator, ` +
    `${gibibytes} GiB, 1-minute load ${loadavg()[0]?.toFixed(1)}`
  );
}
