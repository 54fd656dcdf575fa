import { NodeOperationError, type INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { MarkedMessage, SendingResult } from '../../../store';
import { operationError } from '../../shared/operation-error';
import { showOnlyFor, type Operation } from '../operation';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const itemSchema = z.object({
  message: z.object({ id: z.string(), lease: z.string(), batchKey: z.string(), sentAt: time }),
  mail: z.object({ id: z.string().min(1) }).optional(),
  failure: z
    .object({
      message: z.string(),
      retryable: z.boolean(),
      unsent: z.boolean().default(false),
      sentBefore: z.boolean().optional(),
      retryAt: time.optional(),
      ofAccount: z.boolean().default(false),
    })
    // One wrong key is not to end every mail that is due: they wait for it to be mended.
    .transform(({ ofAccount, ...failure }) => ({ ...failure, retryable: failure.retryable || ofAccount }))
    .optional(),
});
type Item = z.output<typeof itemSchema>;

export const mark: Operation = {
  properties: showOnlyFor('message', 'mark', [
    {
      displayName: 'Fail the Run When a Whole Batch Failed',
      name: 'failRun',
      type: 'boolean',
      default: true,
      description:
        'Whether the execution shows red and the error workflow speaks up, as when the quota is used up or the service is down. What became of the mails is kept in either case.',
    },
  ]),

  async execute(context, store) {
    const items = context.getInputData().map(({ json }) => itemSchema.safeParse(json));
    const read = items.flatMap(({ data }) => (data ? [data] : []));
    // Mails may be claimed ahead of time, by a "Due By" that lies ahead.
    const now = new Date(Math.max(Date.now(), ...read.map(({ message }) => message.sentAt.getTime())));
    const marked = await store.messages.mark(read.map(resultOf), now);
    if (read.length < items.length) {
      throw new NodeOperationError(
        context.getNode(),
        `${items.length - read.length} of ${items.length} items carry no mail of "Claim Due", so nothing is known of them.`,
        { description: 'Keep the field "message" of each item from "Claim Due" up to this node.' },
      );
    }
    const failed = failedBatchesOf(read);
    const [message] = [...new Set(failed.map(({ failure }) => failure?.message ?? ''))];
    if (message !== undefined && context.getNodeParameter('failRun', 0, true) === true) {
      throw operationError(
        context.getNode(),
        `${failed.length} of ${read.length} mails were not sent; ${nextOf(marked)}. ${message}`,
      );
    }
    return [read.map((item, index) => reportOf(item, marked[index], index))];
  },
};

function resultOf({ message: { id, lease }, mail, failure }: Item): SendingResult {
  if (mail) return { id, lease, providerId: mail.id };
  if (failure) return { id, lease, failure };
  const message = 'No node between "Claim Due" and "Mark" has sent it.';
  return { id, lease, failure: { message, retryable: true, unsent: true } };
}

/** Single mails that were refused are no reason for an alarm; a whole batch is. */
function failedBatchesOf(items: readonly Item[]): Item[] {
  const sent = new Set(items.flatMap(({ message, mail }) => (mail ? message.batchKey : [])));
  return items.filter(({ message, failure }) => !sent.has(message.batchKey) && failure?.retryable !== false);
}

function nextOf(marked: readonly MarkedMessage[]): string {
  const times = marked.flatMap(({ state, dueAt }) =>
    dueAt !== null && (state === 'planned' || state === 'sending') ? dueAt.getTime() : [],
  );
  return times.length === 0
    ? 'they are not tried again'
    : `they are tried again at ${new Date(Math.min(...times)).toISOString()}`;
}

function reportOf(
  { message, mail }: Item,
  marked: MarkedMessage | undefined,
  index: number,
): INodeExecutionData {
  const tried = marked?.state === 'planned' || marked?.state === 'sending';
  return {
    json: {
      message: message.id,
      state: marked?.state ?? null,
      mail: mail?.id ?? null,
      nextTryAt: tried ? (marked.dueAt?.toISOString() ?? null) : null,
      reason: marked?.reason ?? null,
    },
    pairedItem: { item: index },
  };
}
