import type { IExecuteFunctions, INodePropertyOptions } from 'n8n-workflow';
import { codesInChannel } from '../../../services/discord';
import type { ItemResult } from '../../shared/process-items';
import { storeOf } from '../../shared/store';
import { discordForItems } from '../../shared/discord';
import type { Operation } from '../operation';

const option: INodePropertyOptions = {
  name: 'Find Used',
  value: 'findUsed',
  action: 'Find used invites',
  description: 'Look which invites are gone from Discord before their time, and record them as used',
};

/**
 * Adds `invites` to each item: how many were looked for, how many of them were used, and of how many nobody knows what became,
 * since their channel is gone. What the store has is read before Discord is asked, so that no new invite is missed there.
 */
async function prepare(context: IExecuteFunctions): Promise<(index: number) => Promise<ItemResult>> {
  const [clientFor, { invites }] = await Promise.all([discordForItems(context), storeOf(context)]);
  return async (index) => {
    const client = clientFor(index);
    let looked = 0;
    const ended: Array<'used' | 'gone'> = [];
    for (const { channelId, codes } of await invites.inChannels()) {
      const listed = await codesInChannel(client, channelId);
      const missing = codes.filter((code) => !listed?.has(code));
      const vanished = await invites.vanished(missing, { withChannel: listed === undefined });
      looked += codes.length;
      ended.push(...vanished.map(({ state }) => state));
    }
    const used = ended.filter((state) => state === 'used').length;
    return { json: { invites: { looked, used, gone: ended.length - used } } };
  };
}

export const findUsed: Operation = { option, description: [], prepare };
