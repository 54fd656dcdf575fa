import { randomUUID } from 'node:crypto';

export interface UploadedFile {
  name: string;
  /** MIME type. */
  type: string;
  content: Buffer;
}

/** A body with files as Discord takes it: discord.com/developers/docs/reference#uploading-files. */
export function multipart(payload: unknown, files: readonly UploadedFile[]): { type: string; body: Buffer } {
  const boundary = `----lifecycle-${randomUUID()}`;
  const attachments = files.map(({ name }, index) => ({ id: String(index), filename: name }));
  const json = JSON.stringify({ ...(typeof payload === 'object' ? payload : {}), attachments });
  const parts = files.flatMap(({ name, type, content }, index) => [
    head(boundary, `name="files[${index}]"; filename="${quoted(name)}"`, oneLine(type)),
    content,
    Buffer.from('\r\n'),
  ]);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([
      head(boundary, 'name="payload_json"', 'application/json'),
      Buffer.from(`${json}\r\n`),
      ...parts,
      Buffer.from(`--${boundary}--\r\n`),
    ]),
  };
}

function head(boundary: string, disposition: string, type: string): Buffer {
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\n\r\n`,
  );
}

function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '');
}

function quoted(name: string): string {
  return name.replace(/[\r\n"\\]/g, '_');
}
