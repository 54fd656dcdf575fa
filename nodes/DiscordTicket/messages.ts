import { buttons, cut, plain, select, userSelect, type MessageContent } from '../../services/discord';
import type { Ticket } from '../../store';
import { categoryName, type TicketCategory } from './categories';

/** Discord's limits of an embed's parts. */
const LONGEST_TITLE = 256;
const LONGEST_TEXT = 4_000;

/** The first message of a ticket's channel: what it is about, and what can be done. */
export function openingMessage(
  ticket: Ticket,
  categories: readonly TicketCategory[],
  welcome: string,
): MessageContent {
  const { number, openerId, subject, description, category } = ticket;
  return {
    content: openerId === null ? welcome : `<@${openerId}> ${welcome}`,
    ...(openerId !== null && { mentions: { users: [openerId] } }),
    embeds: [
      {
        title: cut(titleOf(ticket), LONGEST_TITLE),
        description: cut(plain(description ?? ''), LONGEST_TEXT),
        fields: [{ name: 'Category', value: categoryName(categories, category) }],
        ...(subject === null && { title: `Ticket ${number}` }),
      },
    ],
    components: [
      buttons(
        { id: `ticket:claim:${number}`, label: 'Take care of it (staff)', style: 'secondary' },
        { id: `ticket:close:${number}`, label: 'Close the ticket', style: 'danger' },
      ),
      userSelect(`ticket:add:${number}`, 'Let somebody else in (staff)'),
      ...(categories.length > 1
        ? [
            select(
              `ticket:move:${number}`,
              'Move to another category (staff)',
              categories.map(({ key, name, description: text }) => ({
                value: key,
                label: name,
                description: text,
              })),
            ),
          ]
        : []),
    ],
  };
}

/** As the opening message is found again. */
export function openingMark({ number }: Ticket): string {
  return `ticket:close:${number}`;
}

/** `Ticket 12: Invoice missing`, with nothing in it that is formatting. */
export function titleOf({ number, subject }: Ticket): string {
  return subject === null || subject === '' ? `Ticket ${number}` : `Ticket ${number}: ${plain(subject)}`;
}
