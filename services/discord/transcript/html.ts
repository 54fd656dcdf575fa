import type { Line } from './content';
import { sizeText, timeText, type Heading } from './heading';

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
  dt, time, small { color: GrayText; } dd { margin: 0; overflow-wrap: anywhere; }
  article { border-top: 1px solid color-mix(in srgb, CanvasText 15%, Canvas); padding: .5rem 0; }
  h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; } h2 time, h2 small { font-weight: normal; font-size: .8rem; }
  p, blockquote { margin: .25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  blockquote { border-left: 3px solid GrayText; padding-left: .5rem; }
  ul { margin: .25rem 0; }`;

/** The transcript as a page that loads nothing, runs nothing and leads nowhere. */
export function renderHtml({ title, facts, notes }: Heading, lines: readonly Line[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}
</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>
${notes.map((note) => `<p><strong>${escaped(note)}</strong></p>\n`).join('')}${lines.map(article).join('\n')}
</main>
</body>
</html>
`;
}

function article({ id, at, editedAt, author, isBot, text, answers, attachments }: Line): string {
  const marks = [...(isBot ? ['bot'] : []), ...(editedAt ? [`edited ${timeText(editedAt)}`] : [])];
  const files = attachments.map(
    ({ name, bytes, keptAs, problem }) =>
      `<li>${escaped(name)} (${sizeText(bytes)}), ${keptAs === null ? `not kept: ${escaped(problem ?? 'unknown')}` : `kept as ${escaped(keptAs)}`}</li>`,
  );
  return [
    `<article id="m${escaped(id)}">`,
    `<h2>${escaped(author)} <time datetime="${at.toISOString()}">${timeText(at)}</time>${marks.map((mark) => ` <small>${escaped(mark)}</small>`).join('')}</h2>`,
    ...(answers ? [`<blockquote>${escaped(`${answers.author}: ${answers.text}`)}</blockquote>`] : []),
    ...(text === '' ? [] : [`<p>${escaped(text)}</p>`]),
    ...(files.length > 0 ? [`<ul>${files.join('')}</ul>`] : []),
    '</article>',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
