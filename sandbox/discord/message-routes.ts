import { z } from 'zod/v4';
import { requirePlace } from './access';
import { invalidRecipient } from './errors';
import { jsonBodyOf, parseForm } from './form';
import { messageJson } from './message-json';
import { pageOf } from './message-list';
import { readMessageChange, readNewMessage } from './message-request';
import {
  deleteMessage,
  editMessage,
  ownOrReadable,
  readableMessage,
  readableMessages,
  sendMessage,
} from './messages';
import { directChannelJson } from './objects';
import { NO_CONTENT, ok, type Routes } from './routes';
import { snowflakeSchema, type DirectChannel } from './schemas';
import { newSnowflake } from './snowflake';
import type { DiscordState } from './state';
import { readUpload } from './upload';
import type { World } from './world';

const recipientSchema = z.object({ recipient_id: snowflakeSchema });

export function addMessageRoutes(routes: Routes, world: World): void {
  const { state, changed } = world;
  routes
    .on('GET', '/channels/:channel_id/messages', ({ request, params }) => {
      const place = requirePlace(state, params);
      const page = pageOf(readableMessages(state, place), request.query);
      return ok(page.map((message) => messageJson(message, world)));
    })
    .on(
      'POST',
      '/channels/:channel_id/messages',
      async ({ request, params }) => {
        const upload = await readUpload(request);
        const place = requirePlace(state, params);
        const message = sendMessage(state, place, readNewMessage(upload));
        changed();
        return ok(messageJson(message, world));
      },
      { kind: 'message' },
    )
    .on('GET', '/channels/:channel_id/messages/:message_id', ({ params }) => {
      const place = requirePlace(state, params);
      return ok(messageJson(readableMessage(state, place, params.message_id ?? ''), world));
    })
    .on('PATCH', '/channels/:channel_id/messages/:message_id', async ({ request, params }) => {
      const upload = await readUpload(request);
      const place = requirePlace(state, params);
      const message = ownOrReadable(state, place, params.message_id ?? '');
      const edited = editMessage(state, place, message, readMessageChange(upload, message));
      changed();
      return ok(messageJson(edited, world));
    })
    .on('DELETE', '/channels/:channel_id/messages/:message_id', ({ params }) => {
      const place = requirePlace(state, params);
      deleteMessage(state, place, ownOrReadable(state, place, params.message_id ?? ''));
      changed();
      return NO_CONTENT;
    })
    .on('POST', '/users/@me/channels', ({ request }) => {
      const { recipient_id: userId } = parseForm(recipientSchema, jsonBodyOf(request));
      if (!state.members.has(userId)) throw invalidRecipient();
      return ok(directChannelJson(directChannelWith(state, userId), state));
    })
    .on(
      'GET',
      '/attachments/:channel_id/:file_id/:name',
      ({ request, params }) => world.files.download(request, params),
      {
        kind: 'file',
        token: 'none',
      },
    );
}

/** The one private conversation with somebody, begun when there is none. */
export function directChannelWith(state: DiscordState, userId: string): DirectChannel {
  const known = [...state.directChannels.values()].find((direct) => direct.userId === userId);
  const direct = known ?? { id: newSnowflake(), userId };
  state.directChannels.set(direct.id, direct);
  return direct;
}
