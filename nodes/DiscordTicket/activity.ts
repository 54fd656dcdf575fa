import { compareIds, timeOfId } from '../../services/discord';
import type { Ticket, TicketActivity } from '../../store';

/** What is looked at of a message. */
interface Written {
  id: string;
  author: { id: string; bot?: boolean | null | undefined };
}

/** What people, not bots, have written; whoever is neither the opener nor let in is of staff. `undefined`: nothing. */
export function activityIn(
  messages: readonly Written[],
  { openerId, people }: Pick<Ticket, 'openerId' | 'people'>,
): TicketActivity | undefined {
  const written = messages
    .filter(({ author }) => author.bot !== true)
    .sort((one, other) => compareIds(one.id, other.id));
  const newest = written.at(-1);
  if (!newest) return undefined;
  const answer = written.find(({ author }) => author.id !== openerId && !people.includes(author.id));
  return {
    messageId: newest.id,
    at: timeOfId(newest.id),
    answeredAt: answer ? timeOfId(answer.id) : null,
  };
}
