import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeHtml } from '../html';
import type { Sandbox } from '../sandbox';
import { BUTTON_GROUPS, type ButtonGroup, type PageButton } from './buttons';
import { renderCalls } from './calls';
import { renderCard } from './card';
import { STYLE } from './style';

const SCRIPT = readFileSync(join(__dirname, 'page.client.js'), 'utf8');

/** The whole page, self-contained; its script replaces the cards as they change. */
export function renderPage(sandbox: Sandbox): string {
  const cards = [...sandbox.doubles.values()].map((double, index) => {
    const name = escapeHtml(double.name);
    return `<section class="card" id="card-${name}" data-system="${name}" style="order: ${index}">${renderCard(sandbox, double)}</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Lifecycle sandbox</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header class="top">
<div><h1>Lifecycle sandbox</h1><p>Stand-ins for the systems your automations talk to. Nothing here is real, nobody is charged.</p></div>
<div class="tools"><span id="live" class="live">connecting</span><button type="button" class="quiet danger" id="reset">Start over</button></div>
</header>
<main>
<section class="panel" aria-label="What you can do">
<form id="person" autocomplete="off">
<label>Person’s name<input name="name" maxlength="200" placeholder="e.g. Anna Schmidt"></label>
<label>Person’s e-mail<input name="email" maxlength="200" placeholder="left empty: somebody made up"></label>
</form>
${BUTTON_GROUPS.map(renderGroup).join('\n')}
</section>
<div class="cards">${renderColumns(cards)}</div>
<section class="card wide" id="calls"><header><span class="mark" aria-hidden="true"></span><h2>Latest calls</h2></header><div class="held" id="calls-held">${renderCalls(sandbox)}</div></section>
</main>
<div id="said" role="status" aria-live="polite" hidden></div>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Two columns of about the same height: first and fourth card, second and third, and so on. */
function renderColumns(cards: readonly string[]): string {
  const isLeft = (index: number): boolean => index % 4 === 0 || index % 4 === 3;
  const columns = [cards.filter((_, index) => isLeft(index)), cards.filter((_, index) => !isLeft(index))];
  return columns.map((column) => `<div class="column">${column.join('\n')}</div>`).join('\n');
}

function renderGroup({ title, buttons }: ButtonGroup): string {
  return `<fieldset><legend>${escapeHtml(title)}</legend><div class="buttons">${buttons.map(renderButton).join('')}</div></fieldset>`;
}

function renderButton({ label, hint, action, input, done, form }: PageButton): string {
  return (
    `<button type="button" title="${escapeHtml(hint)}" data-action="${escapeHtml(action)}"` +
    ` data-input="${escapeHtml(JSON.stringify(input))}" data-done="${escapeHtml(done)}" ` +
    ` data-form="${escapeHtml(JSON.stringify(form))}">` +
    `${escapeHtml(label)}</button>`
  );
}
