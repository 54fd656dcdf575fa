import { count, words } from '../cells';
import { markup, theirs } from '../html';
import type { Links } from '../links';
import { counted } from '../numbers';
import type { EmailReport, SequenceMailReport, StepReport } from '../report';
import type { Cell, Table } from '../table';
import { MAIL_COLUMNS, mailCells } from './mail-columns';

/** A row for each sequence, followed by one for each of its steps. */
export function stepsTable({ sequences }: EmailReport, links: Links): Table {
  return {
    name: 'email-steps',
    caption: 'Mails by sequence and step',
    columns: [
      { title: 'Sequence and step', only: 'page' },
      { title: 'Sequence', only: 'file' },
      { title: 'Step', only: 'file' },
      { title: 'Subject', only: 'file' },
      { title: 'Entered', isNumeric: true },
      { title: 'Under way', isNumeric: true },
      ...MAIL_COLUMNS,
    ],
    rows: sequences.flatMap((sequence) => [
      () => sequenceRow(sequence, links),
      ...sequence.steps.map((step) => () => stepRow(sequence, step, links)),
    ]),
  };
}

function sequenceRow(report: SequenceMailReport, links: Links): Cell[] {
  const { sequence, kind, topic, entered, underWay } = report;
  const about = topic === null ? kind : `${kind}, ${topic}`;
  return [
    { shown: markup`${theirs(sequence)}<br><small>${theirs(about)}</small>`, value: sequence },
    words(sequence),
    words('All steps'),
    { shown: null, value: null },
    count(entered, links.list('entries', { sequence, state: 'entered' })),
    count(underWay, links.list('entries', { sequence, state: 'underWay' })),
    ...mailCells(report, (state) => links.list('messages', { sequence, state })),
  ];
}

function stepRow({ sequence }: SequenceMailReport, report: StepReport, links: Links): Cell[] {
  const { step, name, subject } = report;
  return [
    {
      shown: markup`<span class="step">${counted(step + 1)}. ${theirs(name)}${subject !== null && markup`<br><small>${theirs(subject)}</small>`}</span>`,
      value: name,
    },
    words(sequence),
    words(name),
    words(subject ?? ''),
    { shown: null, value: null },
    { shown: null, value: null },
    ...mailCells(report, (state) => links.list('messages', { sequence, step, state })),
  ];
}
