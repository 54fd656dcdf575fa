import { z } from 'zod/v4';
import type { SandboxControl } from './sandbox-control';

const requestsSchema = z.array(
  z.object({ at: z.string(), double: z.string(), method: z.string(), path: z.string(), status: z.number() }),
);

export interface SentLog {
  /** When Mautic had sent the e-mail to a contact (the first, if there were several), milliseconds since 1970. */
  sentAt: ReadonlyMap<number, number>;
  calls: number;
  /** Calls that were answered 429. */
  throttled: number;
}

const SEND_PATH = /^\/api\/emails\/\d+\/contact\/(\d+)\/send$/;

/** Reads the sandbox's log of requests, which keeps the last 5,000, and empties it. */
export async function takeLog(sandbox: SandboxControl): Promise<SentLog> {
  const log = requestsSchema.parse(await sandbox.call('GET', '/sandbox/requests'));
  await sandbox.call('DELETE', '/sandbox/requests');
  const sentAt = new Map<number, number>();
  for (const { at, double, method, path, status } of log) {
    const contactId = double === 'mautic' && method === 'POST' && status === 200 && SEND_PATH.exec(path)?.[1];
    if (contactId && !sentAt.has(Number(contactId))) sentAt.set(Number(contactId), Date.parse(at));
  }
  return { sentAt, calls: log.length, throttled: log.filter(({ status }) => status === 429).length };
}
