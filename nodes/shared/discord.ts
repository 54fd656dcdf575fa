import { NodeOperationError, type IAllExecuteFunctions, type IExecuteFunctions } from 'n8n-workflow';
import { DiscordClient, type DiscordOptions } from '../../services/discord';
import { httpRequestOf } from './http';
import type { DeliveryReference } from './item';

export const DISCORD_CREDENTIAL = 'lifecycleDiscordApi';

interface DiscordCredential {
  url: string;
  botToken: string;
  serverId: string;
}

/** Discord with the credential that is chosen in the node. */
export async function discordOf(context: IAllExecuteFunctions): Promise<DiscordClient> {
  return new DiscordClient(await optionsOf(context));
}

/**
 * As {@link discordOf}, for the items of a run. An item's calls wait for Discord's rate limits no longer than half of
 * what is left of its lease now: what cannot pass in time fails, to be tried again, while what passed is saved and
 * settled. A run that outlived its lease would be at work side by side with the next try of its events.
 */
export async function discordForItems(
  context: IExecuteFunctions,
): Promise<(itemIndex: number) => DiscordClient> {
  const options = await optionsOf(context);
  const now = Date.now();
  const items = context.getInputData();
  return (itemIndex) => {
    const { leasedUntil } = (items[itemIndex]?.json.delivery ?? {}) as Partial<DeliveryReference>;
    const left = Date.parse(leasedUntil ?? '') - now;
    return new DiscordClient({ ...options, ...(!Number.isNaN(left) && { deadline: now + left / 2 }) });
  };
}

async function optionsOf(context: IAllExecuteFunctions): Promise<DiscordOptions> {
  const { url, botToken, serverId } = await context.getCredentials<DiscordCredential & object>(
    DISCORD_CREDENTIAL,
  );
  if (!/^\s*\d{17,20}\s*$/.test(String(serverId))) {
    throw new NodeOperationError(
      context.getNode(),
      'The server ID in the Lifecycle Discord API credential must be a number of 17 to 20 digits. In Discord, with User ' +
        'Settings > Advanced > Developer Mode switched on: right-click the server > Copy Server ID.',
    );
  }
  const request = httpRequestOf(context, DISCORD_CREDENTIAL);
  return { url, token: botToken, serverId: String(serverId), request };
}
