import type { DiscordClient } from './client';
import { CODE, DISCORD, DiscordRefusal } from './refusal';
import { application } from './schemas';

/** Flags of an application that may read what others write: discord.com/developers/docs/resources/application. */
const MAY_READ = (1 << 18) | (1 << 19);

/**
 * Throws `DiscordRefusal` when the bot is not given what others write: without it a transcript holds names and times, and
 * Discord tells of no error.
 */
export async function requireMessageContent(client: DiscordClient): Promise<void> {
  const call = {
    action: "read the bot's application",
    path: '/applications/@me',
    needs: { permission: 'to use the API', place: 'its own application' },
  };
  const { flags } = await client.get(call, application);
  if (((flags ?? 0) & MAY_READ) !== 0) return;
  throw new DiscordRefusal(
    `${DISCORD} does not show the bot what members write, so there would be nothing in the transcript. In the Developer ` +
      'Portal, switch it on: your application > Bot > Message Content Intent.',
    false,
    403,
    CODE.missingAccess,
  );
}
