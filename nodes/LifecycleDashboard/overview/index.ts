import { markup, type Html } from '../html';
import { Links } from '../links';
import { TIER_NAMES } from '../names';
import { page, type Rendered } from '../page';
import type { OverviewReport, ReportScope } from '../report';
import type { Table } from '../table';
import { date, moment } from '../times';
import { campaignSection } from './campaign';
import { emailSection } from './emails';
import { journeySection } from './journey';
import { machineSection } from './machine';
import { revenueSection } from './revenue';
import type { Section } from './section';
import { ticketSection } from './tickets';
import { warningsHtml } from './warnings';

/** In the order of the page. */
const SECTIONS: readonly Section[] = [
  journeySection,
  emailSection,
  revenueSection,
  campaignSection,
  ticketSection,
  machineSection,
];

export async function overviewPage(report: OverviewReport): Promise<Rendered> {
  const { scope } = report;
  const links = new Links(scope);
  const sections: Html[] = [];
  for (const section of SECTIONS) sections.push(await section.render(report, links));
  return page({
    title: 'Customer lifecycle',
    lead: scopeHtml(scope),
    scope,
    sameFor: (same) => same.overview(),
    sections: SECTIONS,
    body: markup`${warningsHtml(report)}${sections}`,
  });
}

/** The table of this name; `undefined` when there is none. */
export function overviewTable(report: OverviewReport, name: string): Table | undefined {
  const links = new Links(report.scope);
  return SECTIONS.flatMap((section) => section.tables(report, links)).find((table) => table.name === name);
}

function scopeHtml({ period, tier }: ReportScope): Html {
  const customers = tier === null ? 'all tiers' : `customers of the tier ${TIER_NAMES[tier]}`;
  return markup`From ${date(period.from)} to ${moment(period.until)}, ${customers}.`;
}
