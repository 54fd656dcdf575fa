import { MAIL_COUNTS } from '../../../store';
import { count, countWithShare } from '../cells';
import type { MailCounts } from '../report';
import type { Cell, Column } from '../table';

export const MAIL_COLUMNS: readonly Column[] = [
  { title: 'Planned', isNumeric: true },
  { title: 'Sent', isNumeric: true },
  { title: 'Delivered', isNumeric: true },
  { title: 'Opened', isNumeric: true },
  { title: 'Clicked', isNumeric: true },
  { title: 'Bounced', isNumeric: true },
  { title: 'Complained of spam', short: 'Complaints', isNumeric: true },
  { title: 'Unsubscribed', short: 'Unsubscr.', isNumeric: true },
  { title: 'Skipped', isNumeric: true },
  { title: 'Failed', isNumeric: true },
  { title: 'Perhaps sent', isNumeric: true },
];

/** One for each of {@link MAIL_COLUMNS}. */
export function mailCells(counts: MailCounts, href: (state: keyof MailCounts) => string): Cell[] {
  return MAIL_COUNTS.map((state) => {
    const whole = BASES[state];
    return whole === undefined
      ? count(counts[state], href(state))
      : countWithShare({ part: counts[state], whole: counts[whole] }, href(state));
  });
}

/** What a count is a share of; of the others no share says anything. */
const BASES: Partial<Record<keyof MailCounts, 'sent' | 'delivered'>> = {
  delivered: 'sent',
  bounced: 'sent',
  opened: 'delivered',
  clicked: 'delivered',
  complained: 'delivered',
  unsubscribed: 'delivered',
};

export function sumOf(all: readonly MailCounts[]): MailCounts {
  const sum = (state: keyof MailCounts): number => all.reduce((total, counts) => total + counts[state], 0);
  return Object.fromEntries(MAIL_COUNTS.map((state) => [state, sum(state)])) as Record<
    keyof MailCounts,
    number
  >;
}
