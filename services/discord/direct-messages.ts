import { parseAnswer } from '../http';
import type { DiscordClient } from './client';
import { CODE, DISCORD } from './refusal';
import { direct } from './schemas';
import { undefinedWhen, type Place } from './server-channels';

/** Where direct messages to somebody go; `undefined` when there is no such user. */
export async function directChannel(
  client: DiscordClient,
  { id, name }: { id: string; name: string },
): Promise<Place | undefined> {
  const action = `write to ${name}`;
  const answer = await client
    .call({
      action,
      method: 'POST',
      path: '/users/@me/channels',
      body: { recipient_id: id },
      repeatable: true,
      needs: { permission: 'to send direct messages', place: 'this user' },
    })
    .catch(undefinedWhen(CODE.unknownUser, CODE.cannotWriteTo, CODE.invalidForm));
  if (answer === undefined) return undefined;
  return { id: parseAnswer({ service: DISCORD, action }, direct, answer.body).id, name: `@${name}` };
}
