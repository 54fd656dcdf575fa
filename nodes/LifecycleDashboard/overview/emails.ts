import { bucketsOf, summed } from '../buckets';
import { count, text } from '../cells';
import { chartHtml } from '../chart';
import { emptyState, figures, more, type Figure } from '../figures';
import { markup, type Html } from '../html';
import type { Links } from '../links';
import { counted, countOf, percent } from '../numbers';
import type { EmailReport, MailCounts, OverviewReport, ReportPeriod } from '../report';
import { tableHtml, type Table } from '../table';
import { dateText } from '../times';
import { MAIL_COLUMNS, mailCells, sumOf } from './mail-columns';
import { sectionHtml, type Section } from './section';
import { stepsTable } from './steps-table';
import { variantsHtml, variantsTable } from './variants';

/** What the mails of the sequences do. */
export const emailSection: Section = { id: 'email', title: 'E-mail', render, tables };

async function render(report: OverviewReport, links: Links): Promise<Html> {
  const { emails, scope } = report;
  if (emails.sequences.length === 0) {
    return sectionHtml(
      emailSection,
      emptyState(
        'No mail was planned yet. Publish a sequence workflow, e.g. “Welcome”, and “Send due e-mails”.',
      ),
    );
  }
  const fileOf = (table: Table): Html => tableHtml(table, { file: links.csv(table.name) });
  const content = markup`${figures(headline(sumOf(emails.sequences), links))}<h3>Sent, opened and clicked over time</h3>
${await daysChart(emails, scope.period)}${more('The numbers by day', fileOf(daysTable(emails, links)))}
<h3>Sequences and their steps</h3>
<p class="lead">Delivered and bounced in % of sent; opened, clicked, complaints and unsubscribed in % of delivered. Some mail programs load images by themselves, which counts as opened.</p>
${tableHtml(stepsTable(emails, links), { file: links.csv('email-steps'), hidesCaption: true })}${variantsHtml(emails, links)}${whyNot(emails, links)}`;
  return sectionHtml(emailSection, content);
}

function headline(all: MailCounts, links: Links): Figure[] {
  const figureOf = (label: string, state: keyof MailCounts, whole?: number): Figure => ({
    label,
    value: counted(all[state]),
    href: all[state] > 0 ? links.list('messages', { state }) : undefined,
    note: whole !== undefined && whole > 0 && `${percent(all[state] / whole)} of ${counted(whole)}`,
  });
  const { sent, delivered } = all;
  return [
    { ...figureOf('Planned, not sent yet', 'planned') },
    figureOf('Sent', 'sent'),
    figureOf('Delivered', 'delivered', sent),
    figureOf('Opened', 'opened', delivered),
    figureOf('Clicked', 'clicked', delivered),
    figureOf('Bounced', 'bounced', sent),
    figureOf('Unsubscribed', 'unsubscribed', delivered),
    { ...figureOf('Could not be sent', 'failed'), tone: all.failed > 0 ? 'bad' : undefined },
  ];
}

function daysChart({ days }: EmailReport, period: ReportPeriod): Promise<Html> | Html {
  const { sent, opened, clicked } = sumOf(days);
  if (sent === 0) return emptyState('No mail was sent in this period.');
  const buckets = bucketsOf(period);
  return chartHtml({
    alternative: `Mails over time: ${counted(sent)} sent, ${counted(opened)} of them opened, ${counted(clicked)} clicked; the table below has the numbers.`,
    labels: buckets.map(({ label }) => label),
    series: [
      { name: 'Sent', colour: 4, type: 'bar', values: summed(buckets, days, (day) => day.sent) },
      { name: 'Opened', colour: 2, type: 'line', values: summed(buckets, days, (day) => day.opened) },
      { name: 'Clicked', colour: 3, type: 'line', values: summed(buckets, days, (day) => day.clicked) },
    ],
  });
}

function whyNot(emails: EmailReport, links: Links): Html {
  const skipped =
    emails.skipped.length === 0
      ? emptyState('No mail was skipped in this period.')
      : tableHtml(skippedTable(emails, links), { file: links.csv('email-skipped'), hidesCaption: true });
  const suppressed =
    emails.suppressed.length === 0
      ? emptyState('No address is shut out: none bounced for good, and nobody complained.')
      : tableHtml(suppressedTable(emails, links), {
          file: links.csv('email-suppressed'),
          hidesCaption: true,
        });
  return markup`<div class="pair"><div><h3>Skipped mails, by reason</h3>
${skipped}</div><div><h3>Addresses that get nothing any more</h3>
${suppressed}</div></div>
`;
}

function tables({ emails }: OverviewReport, links: Links): Table[] {
  return [
    stepsTable(emails, links),
    variantsTable(emails, links),
    daysTable(emails, links),
    skippedTable(emails, links),
    suppressedTable(emails, links),
  ];
}

function daysTable({ days }: EmailReport, links: Links): Table {
  return {
    name: 'email-days',
    caption: 'Mails by day',
    columns: [{ title: 'Day' }, ...MAIL_COLUMNS],
    rows: [...days]
      .sort((one, other) => (one.day < other.day ? 1 : -1))
      .map((counts) => () => [
        { shown: dateText(counts.day), value: counts.day },
        ...mailCells(counts, (state) => links.list('messages', { state, day: counts.day })),
      ]),
  };
}

function skippedTable({ skipped }: EmailReport, links: Links): Table {
  return {
    name: 'email-skipped',
    caption: 'Skipped mails by reason',
    columns: [{ title: 'Reason' }, { title: 'Mails', isNumeric: true }],
    rows: skipped.map(({ reason, mails }) => () => [
      text(reason),
      count(mails, links.list('messages', { state: 'skipped', reason })),
    ]),
  };
}

const SUPPRESSIONS: Readonly<Record<string, string>> = {
  bounced: 'Bounced for good',
  complained: 'Complained of spam',
  byHand: 'Suppressed by hand',
};

function suppressedTable({ suppressed }: EmailReport, links: Links): Table {
  return {
    name: 'email-suppressed',
    caption: `Suppressed addresses by reason, ${countOf(
      suppressed.reduce((sum, { addresses }) => sum + addresses, 0),
      'address',
      'addresses',
    )} in all`,
    columns: [{ title: 'Reason' }, { title: 'Addresses', isNumeric: true }],
    rows: suppressed.map(({ reason, addresses }) => () => [
      text(SUPPRESSIONS[reason] ?? reason),
      count(addresses, links.list('suppressions', { reason })),
    ]),
  };
}
