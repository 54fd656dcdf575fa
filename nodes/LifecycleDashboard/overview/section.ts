import { markup, type Html } from '../html';
import type { Links } from '../links';
import type { OverviewReport } from '../report';
import type { Table } from '../table';

/** A part of the overview. */
export interface Section {
  /** Its place in the page's address. */
  id: string;
  title: string;
  render(report: OverviewReport, links: Links): Promise<Html>;
  /** All that can be had as a file. */
  tables(report: OverviewReport, links: Links): readonly Table[];
}

export function sectionHtml({ id, title }: Section, content: Html): Html {
  return markup`<section class="card" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}</section>
`;
}
