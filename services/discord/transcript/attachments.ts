import { asError } from '../../http';
import type { UploadedFile } from '../multipart';
import type { MessageEntity } from '../schemas';

const MEBIBYTE = 1024 * 1024;
/** Discord takes no larger ones back. */
const LARGEST_FILE = 10 * MEBIBYTE;
/** What n8n has to hold in memory at a time. */
const MOST_BYTES = 100 * MEBIBYTE;
const MOST_FILES = 200;

/** Gets a file from its address, without any credential. Rejects when it is larger than that, or does not come. */
export type Download = (url: string, maxBytes: number) => Promise<Buffer>;

/** What became of an attachment. */
export interface KeptAttachment {
  /** Of the attachment. */
  id: string;
  /** Under which it is kept, unique among those of a ticket; `null` when it could not be. */
  keptAs: string | null;
  /** Why it could not be kept. */
  problem: string | null;
}

export interface Attachments {
  kept: ReadonlyMap<string, KeptAttachment>;
  files: UploadedFile[];
}

/** Gets the attachments of all messages, one after the other: their addresses hold for a day only. */
export async function downloadAttachments(
  messages: readonly MessageEntity[],
  download: Download,
): Promise<Attachments> {
  const kept = new Map<string, KeptAttachment>();
  const files: UploadedFile[] = [];
  let bytes = 0;
  for (const { id, filename, size, url, content_type: type } of messages.flatMap(
    (each) => each.attachments,
  )) {
    const isTooMuch = files.length >= MOST_FILES || bytes + size > MOST_BYTES;
    const content =
      size > LARGEST_FILE
        ? new Error('larger than 10 MiB')
        : isTooMuch
          ? new Error('too many files')
          : await download(url, LARGEST_FILE).catch(() => new Error('Discord did not give it'));
    if (!Buffer.isBuffer(content)) {
      kept.set(id, { id, keptAs: null, problem: asError(content).message });
      continue;
    }
    const name = `${String(files.length + 1).padStart(2, '0')}-${fileName(filename)}`;
    kept.set(id, { id, keptAs: name, problem: null });
    files.push({ name, type: type ?? 'application/octet-stream', content });
    bytes += content.length;
  }
  return { kept, files };
}

/** As Discord and every file system take it. */
export function fileName(name: string): string {
  const safe = name
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^[._]+/, '');
  return safe.slice(-80) || 'file';
}
