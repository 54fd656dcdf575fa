import { text, time } from '../cells';
import type { CustomerReport } from '../report';
import type { Table } from '../table';
import { failureText, outcomeText } from './entry-details';
import { entryText, type Entry } from './entry';

/** The timeline as a file. */
export function customerTable({ timeline }: CustomerReport): Table {
  return {
    name: 'timeline',
    caption: 'Timeline',
    columns: [{ title: 'At' }, { title: 'What' }, { title: 'About' }, { title: 'What became of it' }],
    rows: timeline.map((entry) => () => {
      const { what, about } = entryText(entry);
      return [time(entry.at), text(what), text(about), text(outcomesOf(entry))];
    }),
  };
}

function outcomesOf(entry: Entry): string | null {
  if (entry.kind === 'mail') return entry.reports.map(({ kind }) => kind).join(', ') || null;
  if (entry.kind !== 'event') return null;
  const works = entry.deliveries.map(({ handler, state, outcomes, lastFailure }) => {
    const failure = lastFailure === null || state === 'done' ? [] : [failureText(lastFailure)];
    return `${handler} (${state}): ${[...outcomes.map(outcomeText), ...failure].join('; ')}`;
  });
  return works.join(' | ') || null;
}
