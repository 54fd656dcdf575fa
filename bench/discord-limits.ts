import { z } from 'zod/v4';
import type { SandboxControl } from './sandbox-control';

const settingsSchema = z.object({
  /** Invites per channel and window. */
  inviteLimit: z.number(),
  inviteWindowMs: z.number(),
  /** Requests of all kinds per second. */
  globalLimit: z.number(),
});
const stateSchema = z.object({ settings: settingsSchema });

export type DiscordSettings = z.infer<typeof settingsSchema>;

/** So high that nothing gets there. */
const NO_LIMIT = 1_000_000;
const GLOBAL_WINDOW_MS = 1_000;

/** What the sandbox's Discord limits at the moment. */
export async function readLimits(sandbox: SandboxControl): Promise<DiscordSettings> {
  return stateSchema.parse(await sandbox.call('GET', '/sandbox/state/discord')).settings;
}

/** Takes the limits of the sandbox's Discord away. */
export async function liftLimits(sandbox: SandboxControl): Promise<void> {
  await sandbox.call('POST', '/sandbox/discord/actions/setLimits', {
    inviteLimit: NO_LIMIT,
    otherLimit: NO_LIMIT,
    globalLimit: NO_LIMIT,
    mostInvites: NO_LIMIT,
  });
}

/**
 * The least time, in milliseconds, in which so many invites can be made: the first window of a channel is used up at once,
 * each further one begins when the one before has passed.
 * @param perChannel numbers of invites
 */
export function shortestTime(
  perChannel: readonly number[],
  { inviteLimit, inviteWindowMs, globalLimit }: DiscordSettings,
): number {
  const waits = (count: number, limit: number): number => Math.max(0, Math.ceil(count / limit) - 1);
  const total = perChannel.reduce((sum, count) => sum + count, 0);
  return Math.max(
    waits(total, globalLimit) * GLOBAL_WINDOW_MS,
    ...perChannel.map((count) => waits(count, inviteLimit) * inviteWindowMs),
  );
}
