import type { IExecuteFunctions } from 'n8n-workflow';
import type { Download } from '../../services/discord';
import { DISCORD_CREDENTIAL } from '../shared/discord';

/** Where Discord keeps files; a stand-in keeps them where its API is. */
const HOSTS = ['cdn.discordapp.com', 'media.discordapp.net'];
const TIMEOUT_MS = 30_000;

/** Gets attachments through n8n, without the bot's token, and from nowhere else than Discord. */
export async function downloadOf(context: IExecuteFunctions): Promise<Download> {
  const { url: api } = await context.getCredentials<{ url: string }>(DISCORD_CREDENTIAL);
  return async (url, maxBytes) => {
    if (!isDiscords(url, api)) throw new Error('It is not kept by Discord.');
    const content: unknown = await context.helpers.httpRequest({
      url,
      method: 'GET',
      encoding: 'arraybuffer',
      json: false,
      timeout: TIMEOUT_MS,
      disableFollowRedirect: true,
    });
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content as ArrayBuffer);
    if (bytes.length > maxBytes) throw new Error('It is larger than Discord said.');
    return bytes;
  };
}

function isDiscords(url: string, api: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  if (protocol === 'https:' && HOSTS.includes(host)) return true;
  return URL.canParse(api.trim()) && new URL(api.trim()).host === host;
}
