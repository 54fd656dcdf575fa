import { describe, expect, it } from '@jest/globals';
import { LISTS } from '../../../nodes/LifecycleDashboard/links';
import { counted, duration, money, percent } from '../../../nodes/LifecycleDashboard/numbers';
import { renderReport } from '../../../nodes/LifecycleDashboard/render';
import type { OverviewReport, Report } from '../../../nodes/LifecycleDashboard/report';
import { readWorkflows } from '../../../stack/workflow-file';
import {
  customerReport,
  dashboardReports,
  deadOverview,
  emptyOverview,
  largeOverview,
  listReport,
} from '../../support/dashboard';

async function pageOf(report: Report): Promise<string> {
  return (await renderReport(report, { format: 'html' })).body;
}

/** The addresses of all links that lead to another page, as a browser reads them. */
function linksOf(page: string): URLSearchParams[] {
  return [...page.matchAll(/href="(\?[^"]*)"/g)].map(
    ([, address]) =>
      new URL((address ?? '').replaceAll('&amp;', '&'), 'https://n8n.example.com/').searchParams,
  );
}

/** Its parameters that are none of these. */
function unknown(query: URLSearchParams, known: readonly string[]): string[] {
  return [...query.keys()].filter((name) => !known.includes(name));
}

describe('every page', () => {
  it.each(Object.entries(dashboardReports()))('is whole and loads nothing: %s', async (name, report) => {
    const { status, contentType, body } = await renderReport(report, { format: 'html' });
    expect(status).toBe(name === 'not-found' ? 404 : 200);
    expect(contentType).toBe('text/html; charset=utf-8');
    expect(body).toContain("default-src 'none'");
    expect(body.match(/<script|<link|<iframe|url\((?!#)|src=|undefined|NaN|\[object/g)).toBeNull();
    expect(body.match(/<h1>/g)).toHaveLength(1);
    // Charts carry nothing for scripts.
    expect(body.match(/ecmeta|CDATA/g)).toBeNull();
    for (const [, address] of body.matchAll(/href="([^"]*)"/g)) expect(address).toMatch(/^[?#]/);
  });

  it.each(Object.entries(dashboardReports()))('links only to pages that exist: %s', async (_, report) => {
    const lists: Readonly<Record<string, readonly string[]>> = LISTS;
    const always = ['period', 'tier', 'list', 'after', 'format'];
    const tables = new Set<string>();
    for (const query of linksOf(await pageOf(report))) {
      const list = query.get('list');
      if (list !== null) {
        expect(Object.keys(lists)).toContain(list);
        expect(unknown(query, [...always, ...(lists[list] ?? [])])).toEqual([]);
      } else if (query.has('table')) {
        tables.add(query.get('table') ?? '');
      } else {
        expect(
          unknown(query, [
            'period',
            'tier',
            'customer',
            'email',
            'replay',
            'delivery',
            'handler',
            'type',
            'format',
          ]),
        ).toEqual([]);
      }
    }
    for (const table of tables) {
      expect((await renderReport(report, { format: 'csv', table })).status).toBe(200);
    }
  });
});

describe('the overview', () => {
  it('names workflows as they are called where there is nothing yet', async () => {
    const workflows = readWorkflows('workflows').map(({ content }) => content.name);
    const named = [...(await pageOf(emptyOverview())).matchAll(/“([^”]+)”/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(8);
    expect(workflows).toEqual(expect.arrayContaining(named));
  });

  it('says what to do next where nothing is', async () => {
    const page = await pageOf(emptyOverview());
    expect(page).toContain('No customers yet.');
    expect(page).toContain('No mail was planned yet.');
    expect(page).toContain('No subscription and no payment is known yet.');
    expect(page).toContain('No VIP purchase, coupon, invite or lead');
    expect(page).toContain('No workflow works on events yet.');
    expect(page).not.toContain('<svg');
    expect(page).not.toContain('class="notices"');
  });

  it('keeps period and tier in its links, and marks them', async () => {
    const page = await pageOf(deadOverview());
    expect(page).toContain('href="?period=7&amp;tier=pro" aria-current="page">7 days');
    expect(page).toContain('href="?period=7&amp;tier=pro" aria-current="page">Pro');
    expect(page).toContain('href="?period=7" >All tiers'.replace(' >', '>'));
    const lists = linksOf(page).filter((query) => query.has('list'));
    expect(lists.every((query) => query.get('period') === '7' && query.get('tier') === 'pro')).toBe(true);
  });

  it('begins with what needs somebody', async () => {
    const page = await pageOf(deadOverview());
    expect(page.indexOf('3 events are dead')).toBeLessThan(page.indexOf('id="journey"'));
    expect(page).toContain(
      '128 events wait for <bdi>Plan changed</bdi>, which is not published, the oldest for 2 d 3 h.',
    );
    expect(page).toContain('The last run of the sync <bdi>stripe-subscriptions</bdi> failed.');
    expect(page).toContain('96.2% of what is allowed is used.');
    expect(page).toContain('replay=one&amp;delivery=901');
    expect(page).toContain('replay=all&amp;handler=1&amp;type=stripe%3Acheckout.session.completed');
  });

  it('shows every chart with a text in its place and the numbers beside it', async () => {
    const page = await pageOf(largeOverview());
    const charts = [...page.matchAll(/<svg[^>]*>/g)].map(([tag]) => tag);
    expect(charts).toHaveLength(14);
    for (const tag of charts) expect(tag).toMatch(/role="img" aria-label="[^"]{20,}".*viewBox=/);
    for (const table of ['journey-days', 'email-days', 'revenue-days', 'campaign-days', 'machine-events']) {
      expect(page).toContain(`table=${table}&amp;format=csv`);
    }
  });

  it('tells of a variant that it is better only when the numbers say so', async () => {
    const report = largeOverview();
    expect(await pageOf(report)).toMatch(
      /<bdi>B<\/bdi> does better than <bdi>A<\/bdi> by [\d.]+ to [\d.]+ points/,
    );
    expect(await pageOf(report)).toContain('<strong>Clicks:</strong> too early to tell.');
    const few = withVariants(report, (counts) => ({ ...counts, delivered: 40, opened: 16, clicked: 3 }));
    expect(await pageOf(few)).not.toContain('does better');
  });

  it('shows a share only with what it is of, and none of nothing', async () => {
    const [stage] = emptyOverview().journey.stages;
    if (stage === undefined) throw new Error('There is no stage.');
    const journey = {
      ...emptyOverview().journey,
      total: 1,
      stages: [{ ...stage, customers: 1, entered: 3, movedOn: 2 }],
    };
    const page = await pageOf({ ...emptyOverview(), journey });
    expect(page).toMatch(/66\.7%<\/a> <small>of 3</);
    expect(await pageOf({ ...emptyOverview(), journey: { ...journey, stages: [stage] } })).toMatch(
      /Moved on<\/dt><dd><span class="nothing">—/,
    );
  });
});

type Variant = OverviewReport['emails']['sequences'][number]['steps'][number]['variants'][number];

function withVariants(report: OverviewReport, change: (variant: Variant) => Variant): OverviewReport {
  const sequences = report.emails.sequences.map((sequence) => ({
    ...sequence,
    steps: sequence.steps.map((step) => ({ ...step, variants: step.variants.map(change) })),
  }));
  return { ...report, emails: { ...report.emails, sequences } };
}

describe('a list', () => {
  it('links customers, deliveries and its next page', async () => {
    const page = await pageOf(listReport());
    expect(page).toContain('customer=1000');
    expect(page).toContain('email=customer.3%40example.com');
    expect(page).toContain('replay=one&amp;delivery=500');
    const next = linksOf(page).find((query) => query.has('after'));
    expect(Object.fromEntries(next ?? [])).toEqual({
      period: '30',
      list: 'messages',
      sequence: 'Welcome',
      state: 'skipped',
      after: listReport().after,
    });
  });
});

describe('a customer’s page', () => {
  it('tells what was sent, skipped and failed, and why', async () => {
    const page = await pageOf(customerReport());
    expect(page).toContain('€98');
    expect(page).toContain('€49 a month');
    expect(page).toContain('Why not: the sequence has ended: customer.stageChanged');
    expect(page).toContain('Mautic: contact found (17)');
    expect(page).toContain('the segment “pro” was not found');
    expect(page).toContain('6 tries');
    expect(page).toContain('replay=one&amp;delivery=8002');
    expect(page).toContain('https://example.com/billing?from=mail');
    // A link in a mail is shown, and leads nowhere.
    expect(page).not.toContain('href="https://example.com');
  });
});

describe('the page that asks before events are tried again', () => {
  it('sends back what it was given', async () => {
    const page = await pageOf(dashboardReports().replay ?? { kind: 'replayed', deliveries: 0 });
    expect(page).toContain('<form method="post" action="?">');
    const fields = [...page.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
      ([, name, value]) => [name, value],
    );
    expect(fields).toEqual([
      ['replay', 'all'],
      ['handler', '1'],
      ['type', 'stripe:checkout.session.completed'],
      ['token', '1.abc'],
    ]);
    expect(page).toContain('>Try 2 events again</button>');
    expect(page).toContain('>Cancel</a>');
  });

  it('has no button when nothing is left', async () => {
    const page = await pageOf({
      kind: 'replay',
      question: 'Again?',
      deliveries: 0,
      token: 't',
      fields: {},
      refused: false,
    });
    expect(page).not.toContain('<form');
  });
});

describe('numbers', () => {
  it('are written for people', () => {
    expect([
      counted(1234567),
      percent(0.4123),
      percent(0.5),
      percent(0.0004),
      percent(0.9999),
      percent(1),
    ]).toEqual(['1,234,567', '41.2%', '50%', '<0.1%', '>99.9%', '100%']);
  });

  it('are money by currency', () => {
    expect([
      money(123456, 'eur'),
      money(123400, 'usd'),
      money(5000, 'jpy'),
      money(12345, 'kwd'),
      money(-700, 'eur'),
      money(-0, 'eur'),
      money(100, 'points'),
    ]).toEqual(['€1,234.56', '$1,234', '¥5,000', 'KWD 12.345', '-€7', '€0', '1 points']);
  });

  it.each([
    [0, '0 s'],
    [0.42, '0.4 s'],
    [59.6, '1 min'],
    [150, '2 min 30 s'],
    [7200, '2 h'],
    [97_200, '1 d 3 h'],
    [3_000_000, '35 d'],
  ])('are durations: %p s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
