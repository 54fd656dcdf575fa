import { z } from 'zod/v4';
import { inWords, parseQuery } from './form';
import { limitSchema } from './query';
import { snowflakeSchema, type Message } from './schemas';

const pageSchema = z
  .object({
    limit: limitSchema(100, 50),
    before: snowflakeSchema.optional(),
    after: snowflakeSchema.optional(),
    around: snowflakeSchema.optional(),
  })
  .superRefine(({ before, after, around }, context) => {
    if ([before, after, around].filter((id) => id !== undefined).length < 2) return;
    const words = inWords('MUTUALLY_EXCLUSIVE', 'Only one of before, after and around can be given');
    context.addIssue({ code: 'custom', path: [], ...words });
  });

/** A page of messages, newest first, of those that come oldest first. */
export function pageOf(messages: readonly Message[], query: URLSearchParams): Message[] {
  const { limit, before, after, around } = parseQuery(pageSchema, query);
  const than = (id: string, other: string): number => Number(BigInt(id) - BigInt(other));
  const older = (id: string): Message[] => messages.filter((message) => than(message.id, id) < 0);
  const newer = (id: string): Message[] => messages.filter((message) => than(message.id, id) > 0);
  if (before !== undefined) return older(before).slice(-limit).reverse();
  if (after !== undefined) return newer(after).slice(0, limit).reverse();
  if (around === undefined) return messages.slice(-limit).reverse();
  const half = Math.floor(limit / 2);
  const middle = messages.filter(({ id }) => id === around);
  return [
    ...older(around).slice(half === 0 ? messages.length : -half),
    ...middle,
    ...newer(around).slice(0, half),
  ].reverse();
}
