import { escapeHtml, htmlBadge, htmlTable, htmlTime, type BadgeTone } from '../html';
import type { Job, WindmillState } from './state';

/** More rows than a person reads; the whole state is at the control API. */
const MOST_ROWS = 50;
/** Of arguments and results; the rest is at the control API too. */
const MOST_CHARACTERS = 120;

const TONES: Readonly<Record<string, BadgeTone>> = {
  success: 'good',
  failure: 'bad',
  canceled: 'bad',
  running: 'warn',
};

/** Jobs, newest first, and what can be run. */
export function renderWindmill(state: WindmillState): string {
  const jobs = state.jobs();
  const runnables = [...state.all('script'), ...state.all('flow')];
  return [
    state.settings.workersPaused ? '<p class="note">No worker is up: jobs stay in the queue.</p>' : '',
    `<h3>Jobs (${jobs.length})</h3>`,
    htmlTable(
      ['Script or flow', 'State', 'Arguments', 'Result', 'Started'],
      jobs.slice(-MOST_ROWS).reverse().map(jobRow),
      'Nothing was run yet.',
    ),
    jobs.length > MOST_ROWS ? `<p>… and ${jobs.length - MOST_ROWS} older ones</p>` : '',
    `<h3>Scripts and flows (${runnables.length})</h3>`,
    htmlTable(
      ['Path', 'Kind', 'What it does'],
      runnables.map(({ path, kind, summary }) => [escapeHtml(path), kind, escapeHtml(summary)]),
      'None.',
    ),
  ].join('');
}

function jobRow(job: Job): string[] {
  const word = job.end?.as ?? (job.startedAt === null ? 'queued' : 'running');
  return [
    escapeHtml(job.path),
    htmlBadge(word, TONES[word]),
    shown(job.args),
    job.end ? shown(job.end.result) : '',
    htmlTime(job.createdAt),
  ];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return `<code>${escapeHtml(short)}</code>`;
}
