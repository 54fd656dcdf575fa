import type { SandboxRequest } from '../double';
import { DISCORD_BOT_SECRET } from '../identities';
import { unauthorized, unnamedClient } from './errors';
import type { Route } from './routes';
import type { DiscordState } from './state';

/** Throws 403 unless the client names itself as the documentation asks: `DiscordBot (<url>, <version>)`. */
export function requireUserAgent({ headers }: SandboxRequest): void {
  if (!headers['user-agent']?.startsWith('DiscordBot (')) throw unnamedClient();
}

/** Throws 401 for a wrong token of the bot, and for none unless the route is open to everybody. */
export function authenticate(
  { headers }: SandboxRequest,
  { bot }: DiscordState,
  token: Route['token'],
): void {
  const { authorization } = headers;
  if (token === 'none' || (token === 'any' && authorization === undefined)) return;
  if (bot.tokenRevoked || authorization !== `Bot ${DISCORD_BOT_SECRET}`) throw unauthorized();
}
