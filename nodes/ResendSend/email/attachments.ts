import type { IExecuteFunctions } from 'n8n-workflow';
import { LIMITS, type Attachment } from '../../../services/resend';
import { problem, textIn, type Field } from './fields';

const MEGABYTE = 1024 * 1024;

/** The attachments of an item, out of the binary fields that are named. Throws `NodeOperationError`. */
export async function attachmentsOf(
  context: IExecuteFunctions,
  itemIndex: number,
  field: Field,
): Promise<Attachment[]> {
  const names = textIn(context, field, itemIndex)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const attachments: Attachment[] = [];
  for (const name of names) {
    if (context.getInputData()[itemIndex]?.binary?.[name] === undefined) {
      throw problem(
        context,
        itemIndex,
        `"${field.displayName}" names "${name}", but the incoming item has no such binary field.`,
      );
    }
    const { fileName, mimeType } = context.helpers.assertBinaryData(itemIndex, name);
    const content = await context.helpers.getBinaryDataBuffer(itemIndex, name);
    attachments.push({
      filename: fileName ?? name,
      content: content.toString('base64'),
      contentType: mimeType,
    });
  }
  const size = attachments.reduce((sum, { content }) => sum + content.length, 0);
  if (size <= LIMITS.attachments) return attachments;
  throw problem(
    context,
    itemIndex,
    `"${field.displayName}" comes to ${(size / MEGABYTE).toFixed(1)} MB as a mail carries it; Resend takes ${LIMITS.attachments / MEGABYTE} MB. Send a link in place of a file.`,
  );
}
