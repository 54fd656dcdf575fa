import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SandboxRequest, SandboxResponse } from '../double';
import { DISCORD_SIGNING_SEED } from '../identities';
import type { Message, StoredFile } from './schemas';
import type { DiscordState } from './state';

const GONE: SandboxResponse = { status: 404, body: 'This content is no longer available.' };

/** Addresses of files that work for a time and cannot be made up, as Discord's CDN has them: `ex`, `is`, `hm`. */
export class FileAddresses {
  constructor(
    private readonly state: DiscordState,
    /** Of the double itself. */
    private readonly url: string,
  ) {}

  addressOf({ channelId }: Pick<Message, 'channelId'>, { id, name }: StoredFile): string {
    const path = `/attachments/${channelId}/${id}/${encodeURIComponent(name)}`;
    const now = Date.now();
    const ends = hexSeconds(now + this.state.settings.fileAddressLifeMs);
    const issued = hexSeconds(now);
    return `${this.url}${path}?ex=${ends}&is=${issued}&hm=${signature(path, ends, issued)}`;
  }

  /** The file; 404 once its address has ended, when that was changed, or when its message is gone. */
  download({ path, query }: SandboxRequest, params: Record<string, string>): SandboxResponse {
    const ends = query.get('ex') ?? '';
    const issued = query.get('is') ?? '';
    const given = Buffer.from(query.get('hm') ?? '');
    const due = Buffer.from(signature(path, ends, issued));
    const isGenuine = given.length === due.length && timingSafeEqual(given, due);
    if (!isGenuine || parseInt(ends, 16) * 1000 <= Date.now()) return GONE;
    const file = this.find(params);
    if (!file) return GONE;
    // Whatever members send, it runs nothing here.
    const headers = {
      'content-type': file.type,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    };
    return { status: 200, headers, body: Buffer.from(file.content, 'base64') };
  }

  private find({
    channel_id: channelId = '',
    file_id: fileId,
  }: Record<string, string>): StoredFile | undefined {
    const files = this.state.messagesIn(channelId).flatMap((message) => message.files);
    return files.find(({ id }) => id === fileId);
  }
}

function signature(path: string, ends: string, issued: string): string {
  return createHmac('sha256', DISCORD_SIGNING_SEED).update(`${path}|${ends}|${issued}`).digest('hex');
}

/** Rounded up, so that an address works for at least as long as was meant. */
function hexSeconds(milliseconds: number): string {
  return Math.ceil(milliseconds / 1000).toString(16);
}
