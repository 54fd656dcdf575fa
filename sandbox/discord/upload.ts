import type { SandboxRequest } from '../double';
import { fileTooLarge, requestTooLarge, tooManyFiles } from './errors';
import { jsonBodyOf, jsonOf, mediaTypeOf, wrongContentType } from './form';

const MOST_FILES = 10;
const LARGEST_FILE_BYTES = 10 * 1024 * 1024;
const LARGEST_REQUEST_BYTES = 25 * 1024 * 1024;

/** A file of a request, by the number in its part's name: `files[0]`. */
export interface UploadedFile {
  index: number;
  name: string;
  type: string;
  content: Buffer;
}

/** A body that may bring files along. */
export interface Upload {
  fields: unknown;
  files: UploadedFile[];
}

/** The body: JSON, or a form with the JSON in `payload_json`. Throws Discord's refusal of what is neither, or too large. */
export async function readUpload(request: SandboxRequest): Promise<Upload> {
  const contentType = request.headers['content-type'];
  if (mediaTypeOf(contentType) === 'application/json') return { fields: jsonBodyOf(request), files: [] };
  if (mediaTypeOf(contentType) !== 'multipart/form-data') {
    throw wrongContentType(['application/json', 'multipart/form-data']);
  }
  if (request.rawBody.length > LARGEST_REQUEST_BYTES) throw requestTooLarge();
  const form = await formOf(request.rawBody, contentType ?? '');
  if (!form) throw wrongContentType(['application/json', 'multipart/form-data']);
  const text = form.get('payload_json');
  const files: UploadedFile[] = [];
  for (const [part, value] of form) {
    const [, index] = /^files\[(\d{1,2})\]$/.exec(part) ?? [];
    if (index === undefined || typeof value === 'string') continue;
    if (value.size > LARGEST_FILE_BYTES) throw fileTooLarge();
    const content = Buffer.from(await value.arrayBuffer());
    const type = value.type || 'application/octet-stream';
    files.push({ index: Number(index), name: value.name, type, content });
  }
  if (files.length > MOST_FILES) throw tooManyFiles(MOST_FILES);
  return { fields: typeof text === 'string' ? jsonOf(text) : {}, files };
}

async function formOf(body: Buffer, contentType: string): Promise<FormData | undefined> {
  const parsed = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
  return await parsed.formData().catch(() => undefined);
}
