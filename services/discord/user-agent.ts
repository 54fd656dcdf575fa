import { PRODUCT } from '../http';

/**
 * Discord asks every bot to name itself in this form, and blocks what does not
 * (discord.com/developers/docs/reference#user-agent).
 */
export const USER_AGENT = `DiscordBot (${PRODUCT.url}, ${PRODUCT.version})`;
