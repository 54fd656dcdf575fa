import { describe, expect, it } from '@jest/globals';
import { csv } from '../../../nodes/LifecycleDashboard/csv';
import { renderReport } from '../../../nodes/LifecycleDashboard/render';
import type { ListReport } from '../../../nodes/LifecycleDashboard/report';
import { customerReport, largeOverview, listReport } from '../../support/dashboard';

const BEGINNING = '\ufeff';

async function linesOf(report: Parameters<typeof renderReport>[0], table?: string): Promise<string[]> {
  const { status, contentType, body } = await renderReport(report, { format: 'csv', table });
  expect([status, contentType]).toEqual([200, 'text/csv; charset=utf-8']);
  return body.slice(BEGINNING.length).split('\r\n');
}

describe('a table as a file', () => {
  it('quotes what would end a cell', () => {
    expect(csv([['a,b', 'say "hi"', 'two\nlines', null, 'plain']])).toBe(
      `${BEGINNING}"a,b","say ""hi""","two\nlines",,plain\r\n`,
    );
  });

  it.each(['=1+1', '+49', '-1', '@sum', '\tx', '\rx'])('takes the power from %j', (value) => {
    expect(csv([[value]])).toContain(`'${value}`);
  });

  it('leaves numbers to be reckoned with', () => {
    expect(csv([[-12.5, 0, 1204]])).toBe(`${BEGINNING}-12.5,0,1204\r\n`);
  });

  it('has the amounts of a list in major units, and their currency', async () => {
    const [head, first, second] = await linesOf(listReport());
    expect(head).toBe('At,Customer,Step,Why,Tries,Lifetime value,Lifetime value: currency');
    expect(first).toMatch(/^2026-11-29T14:20:00.000Z,customer.0@example.com,Greeting,.*,0,,JPY$/);
    expect(second).toMatch(/,1,49,EUR$/);
  });

  it('guards against names that are formulas', async () => {
    const list: ListReport = { ...listReport(), rows: [{ email: '=HYPERLINK("http://evil")' }] };
    expect((await linesOf(list))[1]).toBe(`,"'=HYPERLINK(""http://evil"")",,,,,`);
  });

  it('tells all of a timeline', async () => {
    const lines = await linesOf(customerReport());
    expect(lines).toHaveLength(customerReport().timeline.length + 2);
    expect(lines.join('\n')).toContain('the sequence has ended');
  });

  it('has one row for each day of the overview, also beyond what a page shows', async () => {
    expect(await linesOf(largeOverview(365), 'campaign-days')).toHaveLength(366 + 2);
  });

  it('is not found under a name that is none', async () => {
    const rendered = await renderReport(largeOverview(), { format: 'csv', table: '../secret' });
    expect([rendered.status, rendered.contentType]).toEqual([404, 'text/html; charset=utf-8']);
  });
});
