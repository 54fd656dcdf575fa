import { escapeHtml, htmlTable } from '../html';
import type { Row } from './row';

const SHOWN = 6;

/** Who has begun a trial, the latest first. */
export function renderTrials({ count, rows }: { count: number; rows: readonly Row[] }): string {
  return [
    `<h3>Trials (${count})</h3>`,
    htmlTable(
      ['Who', 'Company', 'Plan', 'Begun', 'Ends'],
      rows
        .slice(-SHOWN)
        .reverse()
        .map(({ name, email, company, plan, started_at: started, ends_at: ends }) => [
          `${name ? `<strong>${escapeHtml(name)}</strong><br>` : ''}<span class="soft">${escapeHtml(email ?? 'no e-mail')}</span>`,
          escapeHtml(company ?? ''),
          escapeHtml(plan ?? ''),
          escapeHtml(started?.slice(0, 10) ?? ''),
          escapeHtml(ends?.slice(0, 10) ?? ''),
        ]),
      'No trial yet. Start one with the buttons above.',
    ),
  ].join('');
}
