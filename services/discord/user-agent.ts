/**
 * Discord asks every bot to name itself in this form, and blocks what does not
 * (discord.com/developers/docs/reference#user-agent).
 */
export const USER_AGENT = 'DiscordBot (https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle, 0.1.0)';
