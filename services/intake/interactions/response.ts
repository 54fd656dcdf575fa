/** What Discord shows for an interaction at once (discord.com/developers/docs/interactions/receiving-and-responding). */
export interface InteractionResponse {
  type: number;
  data?: { [key: string]: unknown };
}

/** Seen only by whom it answers. */
const EPHEMERAL = 64;

const PONG: InteractionResponse = { type: 1 };
/** "… is thinking", until the reply is edited. */
const WAIT_SEEN_BY_THEM_ONLY: InteractionResponse = { type: 5, data: { flags: EPHEMERAL } };
/** The button just rests for a moment. */
const WAIT_SILENTLY: InteractionResponse = { type: 6 };
/** Nothing to complete what is being typed with. */
const NO_CHOICES: InteractionResponse = { type: 8, data: { choices: [] } };

const NOT_IN_USE = messageToThem(
  'This is not in use any more. Look for a newer message, or ask the team of this server.',
);
const NOT_STORED = messageToThem('Sorry, that could not be taken in just now. Please try again in a minute.');

export { NO_CHOICES, NOT_IN_USE, NOT_STORED, PONG, WAIT_SEEN_BY_THEM_ONLY, WAIT_SILENTLY };

/** A dialog with fields; what is entered comes back as an interaction of its own. */
export function form(data: { custom_id: string; title: string; components: object[] }): InteractionResponse {
  return { type: 9, data };
}

function messageToThem(content: string): InteractionResponse {
  return { type: 4, data: { content, flags: EPHEMERAL, allowed_mentions: { parse: [] } } };
}
