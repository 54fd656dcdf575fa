import { STAGES, STAGES_AHEAD, type Stage } from '../../../store';
import { bucketsOf, summed } from '../buckets';
import { count, shareOf, text, words } from '../cells';
import { chartHtml } from '../chart';
import { emptyState, more } from '../figures';
import { markup, type Html } from '../html';
import type { Links } from '../links';
import { STAGE_NAMES } from '../names';
import { counted, countOf, duration } from '../numbers';
import type { JourneyReport, OverviewReport, ReportPeriod } from '../report';
import { tableHtml, type Table } from '../table';
import { dateText } from '../times';
import { sectionHtml, type Section } from './section';
import { stageCards } from './stage-cards';

/** Where customers are, and how they move. */
export const journeySection: Section = { id: 'journey', title: 'Journey', render, tables };

async function render(report: OverviewReport, links: Links): Promise<Html> {
  const { journey, scope } = report;
  if (journey.total === 0 && journey.moves.length === 0) {
    return sectionHtml(
      journeySection,
      emptyState(
        'No customers yet. Whoever signs up, starts a trial or pays appears here, once the workflows “User registered” and “Customer billing” are published.',
      ),
    );
  }
  const content = markup`<p class="lead">${countOf(journey.total, 'customer')} on the journey now; in and out are those of the period.</p>
${stageCards(journey, links)}<h3>Who reached which stage when</h3>
${await entriesChart(journey, scope.period)}${more(
    'The numbers, by day and by move',
    tables(report, links)
      .slice(1)
      .map((table) => tableHtml(table, { file: links.csv(table.name) })),
  )}<p class="file"><a href="${links.csv('journey-stages')}" download>CSV<span class="unseen"> of the stages</span></a></p>
`;
  return sectionHtml(journeySection, content);
}

function entriesChart({ days }: JourneyReport, period: ReportPeriod): Promise<Html> | Html {
  const reached = STAGES.filter((stage) => days.some((each) => each.stage === stage && each.entered > 0));
  if (reached.length === 0) return emptyState('Nobody reached another stage in this period.');
  const buckets = bucketsOf(period);
  const total = days.reduce((sum, { entered }) => sum + entered, 0);
  return chartHtml({
    alternative: `Entries into stages over time, ${counted(total)} in all; the table below has the numbers.`,
    labels: buckets.map(({ label }) => label),
    series: reached.map((stage) => ({
      name: STAGE_NAMES[stage],
      colour: colourOf(stage),
      type: 'bar',
      values: summed(
        buckets,
        days.filter((each) => each.stage === stage),
        ({ entered }) => entered,
      ),
    })),
  });
}

/** Of the eight in the styles. */
function colourOf(stage: Stage): number {
  return STAGES.indexOf(stage) + 1;
}

function tables({ journey }: OverviewReport, links: Links): Table[] {
  return [stagesTable(journey, links), daysTable(journey, links), movesTable(journey, links)];
}

function stagesTable({ stages }: JourneyReport, links: Links): Table {
  return {
    name: 'journey-stages',
    caption: 'Stages',
    columns: [
      { title: 'Stage' },
      { title: 'Customers now', isNumeric: true },
      { title: 'Entered', isNumeric: true },
      { title: 'Left', isNumeric: true },
      { title: 'Moved on', isNumeric: true },
      { title: 'Moved on of those who entered', isNumeric: true },
      { title: 'Median time in stage (hours)', isNumeric: true },
      { title: 'Automated by' },
    ],
    rows: stages.map(({ stage, customers, entered, left, movedOn, medianHours, automation }) => () => [
      words(STAGE_NAMES[stage]),
      count(customers, links.list('customers', { stage })),
      count(entered, links.list('stage-changes', { stage, how: 'entered' })),
      count(left, links.list('stage-changes', { stage, how: 'left' })),
      count(movedOn, links.list('stage-changes', { stage, how: 'movedOn' })),
      shareOf({ part: movedOn, whole: STAGES_AHEAD[stage].length > 0 ? entered : 0 }),
      { shown: medianHours === null ? null : duration(medianHours * 3_600), value: medianHours },
      text(
        automation.map(({ name, published }) => `${name}${published ? '' : ' (not published)'}`).join('; '),
      ),
    ]),
  };
}

function daysTable({ days }: JourneyReport, links: Links): Table {
  const known = days.filter(({ entered }) => entered > 0);
  return {
    name: 'journey-days',
    caption: 'Entries into stages by day',
    columns: [{ title: 'Day' }, { title: 'Stage' }, { title: 'Entered', isNumeric: true }],
    rows: known
      .sort((one, other) => (one.day < other.day ? 1 : one.day > other.day ? -1 : 0))
      .map(({ day, stage, entered }) => () => [
        { shown: dateText(day), value: day },
        words(STAGE_NAMES[stage]),
        count(entered, links.list('stage-changes', { stage, how: 'entered', day })),
      ]),
  };
}

function movesTable({ moves }: JourneyReport, links: Links): Table {
  return {
    name: 'journey-moves',
    caption: 'Moves from stage to stage',
    columns: [{ title: 'From' }, { title: 'To' }, { title: 'Customers', isNumeric: true }],
    rows: moves.map(({ from, to, customers }) => () => [
      words(from === null ? 'New' : STAGE_NAMES[from]),
      words(STAGE_NAMES[to]),
      count(customers, links.list('stage-changes', { from: from ?? 'none', to })),
    ]),
  };
}
