import type { DiscordClient } from './client';
import { messageBody, type MessageContent } from './messages';
import { CODE } from './refusal';
import { undefinedWhen } from './server-channels';

/** What opens the replies to an interaction, for 15 minutes. The token is a secret. */
export interface ReplyAddress {
  applicationId: string;
  token: string;
}

/** Puts a text in place of what Discord shows to who has clicked; false when it is too late for that. */
export async function replyTo(
  client: DiscordClient,
  { applicationId, token }: ReplyAddress,
  content: MessageContent,
): Promise<boolean> {
  const answer = await client
    .forReplies()
    .call({
      action: 'reply to whom has clicked',
      method: 'PATCH',
      path: `/webhooks/${encodeURIComponent(applicationId)}/${encodeURIComponent(token)}/messages/@original`,
      body: messageBody(content),
      repeatable: true,
      needs: { permission: 'to reply', place: 'the reply' },
    })
    .catch(
      undefinedWhen(CODE.unknownInteraction, CODE.unknownWebhook, CODE.unknownMessage, CODE.invalidToken),
    );
  return answer !== undefined;
}
