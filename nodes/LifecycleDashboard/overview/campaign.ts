import { bucketsOf, summed } from '../buckets';
import { count, words } from '../cells';
import { chartHtml, type ChartSeries } from '../chart';
import { emptyState, figures, more } from '../figures';
import { markup, NOTHING, type Content, type Html } from '../html';
import type { Links } from '../links';
import { counted, percent } from '../numbers';
import type { CampaignDay, CampaignReport, OverviewReport, ReportPeriod } from '../report';
import { tableHtml, type Table } from '../table';
import { dateText } from '../times';
import { sectionHtml, type Section } from './section';

/** What the crowdfunding campaign has brought and given out. */
export const campaignSection: Section = { id: 'campaign', title: 'Campaign', render, tables };

interface Figure {
  key: keyof CampaignReport & (`${string}s${string}` | `lead${string}`);
  title: string;
  /** As the list is filtered. */
  kind: string;
  /** What it is a share of. */
  of?: 'purchases' | 'couponsIssued' | 'invitesIssued';
}

const FIGURES = [
  { key: 'purchases', title: 'VIP purchases', kind: 'purchase' },
  { key: 'couponsIssued', title: 'Coupons issued', kind: 'couponIssued', of: 'purchases' },
  { key: 'couponsRedeemed', title: 'Coupons redeemed', kind: 'couponRedeemed', of: 'couponsIssued' },
  { key: 'couponsRevoked', title: 'Coupons revoked', kind: 'couponRevoked' },
  { key: 'invitesIssued', title: 'Invites issued', kind: 'inviteIssued' },
  { key: 'invitesUsed', title: 'Invites used', kind: 'inviteUsed', of: 'invitesIssued' },
  { key: 'invitesExpired', title: 'Invites expired', kind: 'inviteExpired' },
  { key: 'invitesRevoked', title: 'Invites revoked', kind: 'inviteRevoked' },
  { key: 'invitesLive', title: 'Invites open now', kind: 'inviteLive' },
  { key: 'leadsCreated', title: 'Leads created', kind: 'leadCreated' },
] as const satisfies readonly Figure[];

const DAY_SERIES: ReadonlyArray<{ key: Exclude<keyof CampaignDay, 'day'>; title: string; kind: string }> = [
  { key: 'purchases', title: 'VIP purchases', kind: 'purchase' },
  { key: 'couponsIssued', title: 'Coupons issued', kind: 'couponIssued' },
  { key: 'couponsRedeemed', title: 'Coupons redeemed', kind: 'couponRedeemed' },
  { key: 'invitesIssued', title: 'Invites issued', kind: 'inviteIssued' },
  { key: 'leadsCreated', title: 'Leads created', kind: 'leadCreated' },
];

async function render(report: OverviewReport, links: Links): Promise<Html> {
  const { campaign, scope } = report;
  const allTiers =
    scope.tier !== null && markup`<p class="lead">Of all tiers: who reserves has no plan yet.</p>\n`;
  if (FIGURES.every(({ key }) => (campaign[key] ?? 0) === 0)) {
    return sectionHtml(
      campaignSection,
      markup`${allTiers}${emptyState(
        'No VIP purchase, coupon, invite or lead in this period. They come from “VIP coupon” and “Discord invite”: see that both are published.',
      )}`,
    );
  }
  const content = markup`${allTiers}${figures(
    FIGURES.map((figure) => ({
      label: figure.title,
      value: valueOf(campaign, figure.key),
      href: (campaign[figure.key] ?? 0) > 0 ? links.list('campaign', { kind: figure.kind }) : undefined,
      note: noteOn(campaign, figure),
    })),
  )}${await daysChart(campaign, scope.period)}${more(
    'The numbers, in all and by day',
    tables(report, links).map((table) => tableHtml(table, { file: links.csv(table.name) })),
  )}`;
  return sectionHtml(campaignSection, content);
}

function valueOf(campaign: CampaignReport, key: (typeof FIGURES)[number]['key']): Content {
  const value = campaign[key];
  return value === null ? NOTHING : counted(value);
}

function noteOn(campaign: CampaignReport, { key, of }: Figure): Content {
  const part = campaign[key];
  if (part === null) return 'the shop tells nothing of it';
  // What was issued in the period may be for purchases before it.
  const whole = of === undefined ? 0 : campaign[of];
  return (
    typeof part === 'number' && whole > 0 && part <= whole && `${percent(part / whole)} of ${counted(whole)}`
  );
}

function daysChart({ days }: CampaignReport, period: ReportPeriod): Promise<Html> | Html {
  const buckets = bucketsOf(period);
  const series = DAY_SERIES.map(({ key, title }, index): ChartSeries => ({
    name: title,
    colour: [1, 4, 2, 3, 8][index] ?? 7,
    type: 'line',
    values: summed(buckets, days, (day) => day[key]),
  })).filter(({ values }) => values.some((value) => value > 0));
  if (series.length === 0) return emptyState('Nothing happened in this period.');
  const totals = series.map(
    ({ name, values }) => `${name} ${counted(values.reduce((sum, value) => sum + value, 0))}`,
  );
  return chartHtml({
    alternative: `The campaign over time: ${totals.join(', ')}; the table below has the numbers.`,
    labels: buckets.map(({ label }) => label),
    series,
  });
}

function tables({ campaign }: OverviewReport, links: Links): Table[] {
  return [
    {
      name: 'campaign',
      caption: 'Campaign',
      columns: [{ title: 'What' }, { title: 'How many', isNumeric: true }],
      rows: FIGURES.map(({ key, title, kind }) => () => [
        words(title),
        count(campaign[key], links.list('campaign', { kind })),
      ]),
    },
    {
      name: 'campaign-days',
      caption: 'Campaign by day',
      columns: [{ title: 'Day' }, ...DAY_SERIES.map(({ title }) => ({ title, isNumeric: true }))],
      rows: [...campaign.days]
        .sort((one, other) => other.day.localeCompare(one.day))
        .map((day) => () => [
          { shown: dateText(day.day), value: day.day },
          ...DAY_SERIES.map(({ key, kind }) =>
            count(day[key], links.list('campaign', { kind, day: day.day })),
          ),
        ]),
    },
  ];
}
