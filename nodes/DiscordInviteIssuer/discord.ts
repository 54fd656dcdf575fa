import type { IAllExecuteFunctions } from 'n8n-workflow';
import { DiscordClient } from '../../services/discord';
import { httpRequestOf } from '../shared/http';

export const DISCORD_CREDENTIAL = 'lifecycleDiscordApi';

interface DiscordCredential {
  url: string;
  botToken: string;
  serverId: string;
}

/** Discord with the credential that is chosen in the node. A 401 is never sent again: too many of them ban the host. */
export async function discordOf(context: IAllExecuteFunctions): Promise<DiscordClient> {
  const { url, botToken, serverId } = await context.getCredentials<DiscordCredential & object>(
    DISCORD_CREDENTIAL,
  );
  const request = httpRequestOf(context, DISCORD_CREDENTIAL, { renewable: false });
  return new DiscordClient({ url, token: botToken, serverId: String(serverId), request });
}
