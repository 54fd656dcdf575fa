import { htmlBadge, type BadgeTone } from '../html';
import type { Mail } from './state';

const TONES: Readonly<Record<Mail['lastEvent'], BadgeTone>> = {
  queued: 'plain',
  scheduled: 'plain',
  canceled: 'warn',
  sent: 'plain',
  delivery_delayed: 'warn',
  delivered: 'good',
  opened: 'good',
  clicked: 'good',
  complained: 'bad',
  bounced: 'bad',
  failed: 'bad',
  suppressed: 'bad',
};

/** All that happened to a mail, each once; that it was sent goes without saying once there is more. */
export function mailBadges({ history, lastEvent }: Mail): string {
  const names = [...new Set([...history.map(({ event }) => event), lastEvent])];
  const shown = names.filter((name) => !['sent', 'scheduled', 'queued'].includes(name) || name === lastEvent);
  return shown.map((name) => mailBadge(name, history.filter(({ event }) => event === name).length)).join(' ');
}

/** One state of a mail, with how often it was reached. */
export function mailBadge(name: Mail['lastEvent'], times = 1): string {
  return htmlBadge(`${name.replace('_', ' ')}${times > 1 ? ` × ${times}` : ''}`, TONES[name]);
}
