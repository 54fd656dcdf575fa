import type { Line } from './content';
import { sizeText, timeText, type Heading } from './heading';

/** Behind which the lines of a message stand: so that none of them looks like the beginning of another message. */
const INDENT = '    ';

/** The transcript as plain text. */
export function renderText({ title, facts, notes }: Heading, lines: readonly Line[]): string {
  const head = [
    oneLine(title),
    ...facts.map(([name, value]) => `${name}: ${oneLine(value)}`),
    ...notes.map((note) => `Note: ${oneLine(note)}`),
  ];
  return `${head.join('\n')}\n\n${lines.map(entry).join('\n')}`;
}

function entry({ at, editedAt, author, isBot, text, answers, attachments }: Line): string {
  const marks = [...(isBot ? ['bot'] : []), ...(editedAt ? [`edited ${timeText(editedAt)}`] : [])];
  const below = [
    ...(answers ? [`> ${oneLine(answers.author)}: ${oneLine(answers.text)}`] : []),
    ...(text === '' ? [] : text.split('\n')),
    ...attachments.map(
      ({ name, bytes, keptAs, problem }) =>
        `[file: ${oneLine(name)}, ${sizeText(bytes)}, ${keptAs === null ? `not kept: ${problem ?? 'unknown'}` : `kept as ${keptAs}`}]`,
    ),
  ];
  const head = `[${timeText(at)}] ${oneLine(author)}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`;
  return `${[head, ...below.map((line) => `${INDENT}${line}`)].join('\n')}\n`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
