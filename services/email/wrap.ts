const WIDTH = 76;

/** Lines of at most 76 characters, except where a single word is longer, as an address may be. */
export function wrap(text: string, lead: string, indent: string): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const start = lines.length === 0 ? lead : indent;
      if (line !== '' && start.length + line.length + 1 + word.length > WIDTH) {
        lines.push(start + line);
        line = word;
      } else if (word !== '') {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push((lines.length === 0 ? lead : indent) + line);
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}
