import { escapeHtml, htmlBadge, htmlTable, htmlTime, type BadgeTone } from '../html';
import type { LogEntry } from '../request-log';
import type { Sandbox } from '../sandbox';

const SHOWN = 12;

/** The newest calls to all systems, as a table. */
export function renderCalls({ log, doubles }: Sandbox): string {
  return htmlTable(
    ['When', 'System', 'Call', 'Answer'],
    log
      .entries(SHOWN)
      .reverse()
      .map((entry) => [
        htmlTime(entry.at),
        escapeHtml(doubles.get(entry.double)?.title ?? entry.double),
        `<code>${escapeHtml(`${entry.method} ${entry.path}`)}</code>`,
        answer(entry),
      ]),
    'No call yet. As soon as n8n talks to one of the systems, it shows here.',
  );
}

function answer({ status, fault }: LogEntry): string {
  if (fault === 'before') return htmlBadge('cut off', 'bad');
  if (fault === 'after') return htmlBadge(`${status}, lost`, 'bad');
  return htmlBadge(String(status), toneOf(status));
}

function toneOf(status: number): BadgeTone {
  if (status < 300) return 'good';
  return status < 500 ? 'warn' : 'bad';
}
