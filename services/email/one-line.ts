import { isolated } from './direction';
import type { Said } from './part';
import { cleaned } from './values';

const [ISOLATE, END_OF_ISOLATE] = ['\u2068', '\u2069'];

/** On one line and without control characters, so that it can be a header; cut off when it is longer. */
export function oneLine({ text, values }: Said, longest: number): string {
  const line = values.fill(cleaned(text), isolated).replace(/ {2,}/g, ' ').trim();
  if (line.length <= longest) return line;
  const cut = line.slice(0, longest - 2).replace(/\p{Cs}$/u, '');
  const isOpen = cut.lastIndexOf(ISOLATE) > cut.lastIndexOf(END_OF_ISOLATE);
  return `${cut}…${isOpen ? END_OF_ISOLATE : ''}`;
}
