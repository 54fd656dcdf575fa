import { majorUnits } from '../../../store';
import { bucketsOf, summed } from '../buckets';
import { amount, count, words } from '../cells';
import { chartHtml } from '../chart';
import { emptyState, figures, more, type Figure } from '../figures';
import { markup, type Html } from '../html';
import type { Links } from '../links';
import { counted, countOf, money, moneyInMajor, percent } from '../numbers';
import type { CurrencyReport, OverviewReport, ReportPeriod, RevenueReport } from '../report';
import { tableHtml, type Table } from '../table';
import { dateText } from '../times';
import { CHANGES, netOf } from './revenue-changes';
import { sectionHtml, type Section } from './section';

/** What subscriptions bring in, each currency by itself. */
export const revenueSection: Section = { id: 'revenue', title: 'Revenue', render, tables };

async function render(report: OverviewReport, links: Links): Promise<Html> {
  const { revenue, scope } = report;
  if (revenue.currencies.length === 0) {
    return sectionHtml(
      revenueSection,
      emptyState(
        'No subscription and no payment is known yet. Publish “Customer billing” and, for subscriptions that exist already, “Stripe daily sync”.',
      ),
    );
  }
  const currencies: Html[] = [];
  for (const each of revenue.currencies) currencies.push(await currencyHtml(each, scope.period, links));
  const content = markup`<p class="lead">Monthly recurring revenue (MRR) is that of paying subscriptions now, without trials; its changes are those of the period.</p>
${currencies}${more(
    'The numbers by currency and by day',
    tables(report, links).map((table) => tableHtml(table, { file: links.csv(table.name) })),
  )}`;
  return sectionHtml(revenueSection, content);
}

async function currencyHtml(report: CurrencyReport, period: ReportPeriod, links: Links): Promise<Html> {
  return markup`<h3>${report.currency.toUpperCase()}</h3>
${figures(headline(report, links))}${await changesChart(report, period)}`;
}

function headline(report: CurrencyReport, links: Links): Figure[] {
  const { currency, mrrMinor, subscriptions, failing, failed, recovered, paidMinor, refundedMinor } = report;
  const net = netOf(report);
  const some = (count: number, href: string): string | undefined => (count > 0 ? href : undefined);
  return [
    {
      label: 'MRR now',
      value: money(mrrMinor, currency),
      href: some(subscriptions, links.list('subscriptions', { currency, state: 'paying' })),
      note: `${countOf(subscriptions, 'subscription')}, net ${net > 0 ? '+' : ''}${money(net, currency)} in the period`,
    },
    ...CHANGES.map(({ kind, title, sign, minor, count: changed }) => ({
      label: title,
      value: money(sign * Math.abs(report[minor]), currency),
      href: some(report[changed], links.list('revenue', { currency, kind })),
      note: countOf(report[changed], 'subscription'),
    })),
    {
      label: 'Payment failing now',
      value: counted(failing),
      href: some(failing, links.list('subscriptions', { currency, state: 'failing' })),
      note: 'subscriptions',
      tone: failing > 0 ? 'warn' : undefined,
    },
    {
      label: 'Payments failed',
      value: counted(failed),
      href: some(failed, links.list('revenue', { currency, kind: 'failed' })),
      note: 'in the period',
    },
    {
      label: 'Recovered',
      value: counted(recovered),
      href: some(recovered, links.list('revenue', { currency, kind: 'recovered' })),
      note: failed > 0 ? `${percent(recovered / failed)} of ${counted(failed)} failed` : 'in the period',
    },
    {
      label: 'Paid',
      value: money(paidMinor, currency),
      href: some(paidMinor, links.list('payments', { currency, kind: 'paid' })),
      note: 'in the period',
    },
    {
      label: 'Refunded',
      value: money(refundedMinor, currency),
      href: some(refundedMinor, links.list('payments', { currency, kind: 'refunded' })),
      note: 'in the period',
    },
  ];
}

function changesChart(report: CurrencyReport, period: ReportPeriod): Promise<Html> | Html {
  const changed = CHANGES.filter(({ minor }) => report.days.some((day) => day[minor] !== 0));
  if (changed.length === 0) return emptyState('MRR did not change in this period.');
  const { currency, days } = report;
  const buckets = bucketsOf(period);
  return chartHtml({
    alternative: `Changes of MRR in ${currency.toUpperCase()} over time, net ${money(netOf(report), currency)}; the table below has the numbers.`,
    labels: buckets.map(({ label }) => label),
    format: (value) => moneyInMajor(value, currency),
    series: changed.map(({ title, colour, sign, minor }) => ({
      name: title,
      colour,
      type: 'bar',
      values: summed(buckets, days, (day) => sign * majorUnits(Math.abs(day[minor]), currency)),
    })),
  });
}

function tables({ revenue }: OverviewReport, links: Links): Table[] {
  return [currenciesTable(revenue, links), daysTable(revenue, links)];
}

function currenciesTable({ currencies }: RevenueReport, links: Links): Table {
  return {
    name: 'revenue',
    caption: 'Revenue by currency',
    columns: [
      { title: 'Currency' },
      { title: 'MRR', isNumeric: true },
      { title: 'Subscriptions', isNumeric: true },
      ...CHANGES.map(({ title }) => ({ title, isNumeric: true })),
      { title: 'Net', isNumeric: true },
      { title: 'Failing', isNumeric: true },
      { title: 'Failed', isNumeric: true },
      { title: 'Recovered', isNumeric: true },
      { title: 'Paid', isNumeric: true },
      { title: 'Refunded', isNumeric: true },
    ],
    rows: currencies.map((report) => {
      const { currency } = report;
      const paying = links.list('subscriptions', { currency, state: 'paying' });
      return () => [
        words(currency.toUpperCase()),
        amount(report.mrrMinor, currency, paying),
        count(report.subscriptions, paying),
        ...CHANGES.map(({ kind, sign, minor }) =>
          amount(sign * Math.abs(report[minor]), currency, links.list('revenue', { currency, kind })),
        ),
        amount(netOf(report), currency),
        count(report.failing, links.list('subscriptions', { currency, state: 'failing' })),
        count(report.failed, links.list('revenue', { currency, kind: 'failed' })),
        count(report.recovered, links.list('revenue', { currency, kind: 'recovered' })),
        amount(report.paidMinor, currency, links.list('payments', { currency, kind: 'paid' })),
        amount(report.refundedMinor, currency, links.list('payments', { currency, kind: 'refunded' })),
      ];
    }),
  };
}

function daysTable({ currencies }: RevenueReport, links: Links): Table {
  const days = currencies.flatMap(({ currency, days: ofCurrency }) =>
    ofCurrency.map((day) => ({ currency, ...day })),
  );
  return {
    name: 'revenue-days',
    caption: 'Changes of MRR by day',
    columns: [
      { title: 'Day' },
      { title: 'Currency' },
      ...CHANGES.map(({ title }) => ({ title, isNumeric: true })),
      { title: 'Net', isNumeric: true },
    ],
    rows: days
      .sort((one, other) => other.day.localeCompare(one.day) || one.currency.localeCompare(other.currency))
      .map(({ currency, ...day }) => () => [
        { shown: dateText(day.day), value: day.day },
        words(currency.toUpperCase()),
        ...CHANGES.map(({ kind, sign, minor }) =>
          amount(
            sign * Math.abs(day[minor]),
            currency,
            links.list('revenue', { currency, kind, day: day.day }),
          ),
        ),
        amount(netOf(day), currency),
      ]),
  };
}
