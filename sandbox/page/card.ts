import type { Double } from '../double';
import { escapeHtml, htmlBadge } from '../html';
import type { Sandbox } from '../sandbox';

/** What one system holds, whether it is up, and a switch to take it down. Replaced as a whole when it changes. */
export function renderCard({ faults }: Sandbox, double: Double): string {
  const name = escapeHtml(double.name);
  const title = escapeHtml(double.title);
  const isDown = faults.of(double.name).length > 0;
  const state = isDown ? htmlBadge('in trouble', 'bad') : htmlBadge('up', 'good');
  const label = isDown ? 'Bring it back' : 'Take it down';
  return (
    `<header><span class="mark" aria-hidden="true"></span><h2>${title}</h2>${state}` +
    `<button type="button" class="quiet" data-fault="${name}" data-down="${isDown}" aria-label="${label}: ${title}">${label}</button></header>` +
    `<div class="held">${double.render()}</div>`
  );
}
