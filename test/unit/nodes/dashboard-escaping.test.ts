import { describe, expect, it } from '@jest/globals';
import { chartHtml } from '../../../nodes/LifecycleDashboard/chart';
import { markup, plain, theirs } from '../../../nodes/LifecycleDashboard/html';
import { renderReport } from '../../../nodes/LifecycleDashboard/render';
import type { Report } from '../../../nodes/LifecycleDashboard/report';
import { dashboardReports } from '../../support/dashboard';

const EVIL = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></style></textarea><svg onload=alert(1)>',
  ']]><svg><script>alert(1)</script></svg>',
  '--><a href="javascript:alert(1)">',
  '\u202egnp.exe\u2066',
].join(' ');

/** What decides how a report is read; everything else may be text of others. */
const KEPT = new Set([
  'kind',
  'stage',
  'from',
  'to',
  'until',
  'tier',
  'previousTier',
  'previousStage',
  'source',
  'state',
  'status',
  'change',
  'bucket',
  'day',
  'key',
  'currency',
]);
const TIME = /^\d{4}-\d\d-\d\dT/;

/** The same report with every text that somebody outside could have a say in made hostile. */
function hostile(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return KEPT.has(key) || TIME.test(value) ? value : `${value}${EVIL}`;
  if (Array.isArray(value)) return value.map((each) => hostile(each, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hostile(each, name)]));
}

/** Names of all elements, and of all their attributes, as a browser reads them. */
function namesIn(page: string): { elements: string[]; attributes: string[] } {
  const withoutStyles = page.replace(/<style>[\s\S]*?<\/style>/g, '');
  const tags = [...withoutStyles.matchAll(/<([a-z!/][^\s>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)];
  return {
    elements: [...new Set(tags.map(([, name]) => (name ?? '').replace('/', '').toLowerCase()))].sort(),
    attributes: [
      ...new Set(
        tags.flatMap(([, , rest]) =>
          [...(rest ?? '').matchAll(/([^\s=/"']+)(?:="[^"]*")?/g)].map(([, name]) => name ?? ''),
        ),
      ),
    ].sort(),
  };
}

describe('text of others', () => {
  it.each(Object.keys(dashboardReports()))('cannot become part of the page: %s', async (name) => {
    const report = dashboardReports()[name];
    if (report === undefined) throw new Error(`There is no report ${name}.`);
    const page = (await renderReport(report, { format: 'html' })).body;
    const attacked = (await renderReport(hostile(report) as Report, { format: 'html' })).body;
    expect(attacked).not.toContain('<script');
    expect(attacked).not.toContain('<img');
    expect(attacked).not.toMatch(/<svg onload/);
    // Nothing is there that is not there without the attack, but for links of what had none.
    const { elements, attributes } = namesIn(attacked);
    const harmless = namesIn(page);
    expect(elements.filter((each) => !harmless.elements.includes(each))).toEqual([]);
    expect(attributes.filter((each) => !harmless.attributes.includes(each))).toEqual([]);
  });

  it('cannot turn the direction of what stands around it', () => {
    expect(theirs('\u202eevil').markup).toBe('<bdi>\u202eevil</bdi>');
    expect(plain('a\u202eb\u2066c\u200f')).toBe('abc');
  });

  it('is escaped in charts as well', async () => {
    const chart = await chartHtml({
      alternative: EVIL,
      labels: [EVIL, 'b'],
      series: [{ name: EVIL, colour: 1, type: 'bar', values: [1, 2] }],
    });
    expect(chart.markup).not.toMatch(/<script|<img|<svg onload|<a /);
    expect(chart.markup.match(/<svg /g)).toHaveLength(2);
    expect(namesIn(chart.markup).attributes).not.toContain('onerror');
  });

  it('is escaped wherever it is put into markup, and only there', () => {
    expect(markup`<b title="${'"<'}">${['&', markup`<i>`, 1, null, false]}</b>`.markup).toBe(
      '<b title="&quot;&lt;">&amp;<i>1</b>',
    );
  });
});
