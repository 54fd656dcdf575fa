import { customerPage } from './customer';
import { customerTable } from './customer/timeline-table';
import { listPage, listTable } from './list';
import { notFoundPage } from './not-found';
import { overviewPage, overviewTable } from './overview';
import type { Rendered } from './page';
import { replayedPage, replayPage } from './replay';
import type { Report } from './report';
import { tableCsv, type Table } from './table';

export interface RenderContext {
  /** Whether to give a page or a table as a file. */
  format: 'html' | 'csv';
  /** Which table of the overview, as its link says (`table=`); of other reports there is but one. */
  table?: string | undefined;
}

/** The page, or the file, that shows a report. */
export async function renderReport(report: Report, { format, table }: RenderContext): Promise<Rendered> {
  if (format === 'html') return await pageOf(report);
  const found = tableOf(report, table);
  return found === undefined ? notFoundPage({ kind: 'notFound', message: NO_TABLE }) : file(found);
}

const NO_TABLE = 'There is no such table. Follow one of the links named CSV on the dashboard.';

async function pageOf(report: Report): Promise<Rendered> {
  switch (report.kind) {
    case 'overview':
      return await overviewPage(report);
    case 'list':
      return listPage(report);
    case 'customer':
      return customerPage(report);
    case 'replay':
      return replayPage(report);
    case 'replayed':
      return replayedPage(report);
    case 'notFound':
      return notFoundPage(report);
  }
}

function tableOf(report: Report, name = ''): Table | undefined {
  if (report.kind === 'overview') return overviewTable(report, name);
  if (report.kind === 'list') return listTable(report);
  return report.kind === 'customer' ? customerTable(report) : undefined;
}

function file(table: Table): Rendered {
  return {
    status: 200,
    contentType: 'text/csv; charset=utf-8',
    fileName: `${table.name.replaceAll(/[^\w-]+/g, '-')}.csv`,
    body: tableCsv(table),
  };
}
