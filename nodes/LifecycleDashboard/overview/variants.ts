import { count, shareOf, text, words } from '../cells';
import { markup, NOTHING, plain, theirs, type Html } from '../html';
import { newcombe, wilson, zAmong, type Interval, type Share } from '../interval';
import type { Links } from '../links';
import { percent } from '../numbers';
import type { EmailReport, StepReport, VariantReport } from '../report';
import { tableHtml, type Cell, type Column, type Table } from '../table';

interface Test {
  sequence: string;
  step: StepReport;
}

const RESULTS: readonly Column[] = [
  { title: 'Subject' },
  { title: 'Delivered', isNumeric: true },
  { title: 'Opened', isNumeric: true },
  { title: '95% interval of opened', short: '95% interval', isNumeric: true },
  { title: 'Clicked', isNumeric: true },
  { title: '95% interval of clicked', short: '95% interval', isNumeric: true },
];

/** The texts of a step that customers get by chance, side by side, and what can be said of them by now. */
export function variantsHtml(emails: EmailReport, links: Links): Html {
  const tests = testsOf(emails);
  if (tests.length === 0) return markup``;
  return markup`<h3>A/B tests</h3>
<p class="lead">A rate is known only as exactly as its interval says. A difference counts when it holds with 95% confidence, for all pairs of variants together; who looks every day and stops at the first one is still misled by chance.</p>
${tests.map((test) => testHtml(test, links))}<p class="file"><a href="${links.csv('email-variants')}" download>CSV<span class="unseen"> of all A/B tests</span></a></p>
`;
}

/** For a file: those of all tests. */
export function variantsTable(emails: EmailReport, links: Links): Table {
  return {
    name: 'email-variants',
    caption: 'A/B tests',
    columns: [{ title: 'Sequence' }, { title: 'Step' }, { title: 'Variant' }, ...RESULTS],
    rows: testsOf(emails).flatMap((test) =>
      test.step.variants.map((variant) => () => [
        text(test.sequence),
        text(test.step.name),
        ...variantRow(test, variant, links),
      ]),
    ),
  };
}

function testsOf({ sequences }: EmailReport): Test[] {
  return sequences.flatMap(({ sequence, steps }) =>
    steps.filter(({ variants }) => variants.length > 1).map((step) => ({ sequence, step })),
  );
}

function testHtml(test: Test, links: Links): Html {
  const { sequence, step } = test;
  const table = tableHtml({
    name: 'email-variants',
    caption: `${plain(sequence)}: ${plain(step.name)}`,
    columns: [{ title: 'Variant' }, ...RESULTS],
    rows: step.variants.map((variant) => () => variantRow(test, variant, links)),
  });
  return markup`${table}<ul class="verdict">
<li><strong>Opens:</strong> ${verdict(step.variants, opened)}</li>
<li><strong>Clicks:</strong> ${verdict(step.variants, clicked)}</li>
</ul>
`;
}

function variantRow({ sequence, step }: Test, report: VariantReport, links: Links): Cell[] {
  const behind = (state: string): string =>
    links.list('messages', { sequence, step: step.step, variant: report.variant, state });
  return [
    text(report.name),
    text(report.subject),
    count(report.delivered, behind('delivered')),
    rate(opened(report), behind('opened')),
    intervalCell(wilson(opened(report))),
    rate(clicked(report), behind('clicked')),
    intervalCell(wilson(clicked(report))),
  ];
}

function rate(share: Share, href: string): Cell {
  const { value } = shareOf(share);
  if (value === null) return { shown: NOTHING, value };
  return {
    shown: markup`${count(share.part, href).shown} <small>${percent(share.part / share.whole)}</small>`,
    value,
  };
}

function intervalCell(interval: Interval | null): Cell {
  if (interval === null) return { shown: NOTHING, value: null };
  return words(`${percent(interval.from)} – ${percent(interval.to)}`);
}

function opened({ opened: part, delivered }: VariantReport): Share {
  return { part, whole: delivered };
}

function clicked({ clicked: part, delivered }: VariantReport): Share {
  return { part, whole: delivered };
}

/** What the differences between the best variant and each other come to. */
function verdict(
  variants: readonly VariantReport[],
  shareOfVariant: (variant: VariantReport) => Share,
): Html {
  const z = zAmong(variants.length);
  const [best, ...others] = variants
    .map((variant) => ({ name: variant.name, share: shareOfVariant(variant) }))
    .sort((one, other) => rateOf(other.share) - rateOf(one.share));
  if (best === undefined) return NOTHING;
  const beaten = others.flatMap(({ name, share }) => {
    const difference = newcombe(best.share, share, z);
    return difference !== null && difference.from > 0 ? [{ name, difference }] : [];
  });
  if (beaten.length === 0) return markup`too early to tell.`;
  const wins = beaten.map(
    ({ name, difference }, index) =>
      markup`${index > 0 && ', '}${theirs(name)} by ${points(difference.from)} to ${points(difference.to)} points`,
  );
  const rest = beaten.length < others.length ? ' Of the others it is too early to tell.' : '';
  return markup`${theirs(best.name)} does better than ${wins}.${rest}`;
}

function points(share: number): string {
  return (share * 100).toFixed(1);
}

function rateOf({ part, whole }: Share): number {
  return whole > 0 ? part / whole : 0;
}
