import { markup, trusted, type Html } from './html';

/** What a chart shows over time: one value of each series for each label. */
export interface Chart {
  /** What it shows, in a sentence with its most important numbers, for who cannot see it. */
  alternative: string;
  labels: readonly string[];
  series: readonly ChartSeries[];
  /** What the values are, when not counts. */
  format?: (value: number) => string;
}

export interface ChartSeries {
  name: string;
  /** Which of the colours 1 to 8 (styles.ts). */
  colour: number;
  /** Bars stand on each other. */
  type: 'bar' | 'line';
  values: readonly number[];
}

/** Width and height in pixels; text keeps its size within each. */
const WIDE = { width: 960, height: 230 };
const NARROW = { width: 330, height: 210 };

/** Made by a library that is large, so that it is loaded when it is first needed. */
export async function chartHtml(chart: Chart): Promise<Html> {
  const [wide, narrow] = [await svg(chart, WIDE), await svg(chart, NARROW)];
  return markup`<figure class="chart">
<ul class="legend">${chart.series.map(
    ({ name, colour, type }) => markup`<li class="s${colour} ${type}">${name}</li>`,
  )}</ul>
<div class="wide">${wide}</div>
<div class="narrow">${narrow}</div>
</figure>
`;
}

async function svg(
  { alternative, labels, series, format }: Chart,
  { width, height }: { width: number; height: number },
): Promise<Html> {
  const { init } = await import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      grid: {
        left: 4,
        right: 12,
        top: 14,
        bottom: 4,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      xAxis: {
        type: 'category',
        data: [...labels],
        axisTick: { show: false },
        axisLine: { lineStyle: { color: 'var(--line)' } },
        axisLabel: { color: 'var(--muted)', hideOverlap: true },
      },
      yAxis: {
        type: 'value',
        minInterval: format === undefined ? 1 : 0,
        splitNumber: 4,
        splitLine: { lineStyle: { color: 'var(--line)' } },
        axisLabel: { color: 'var(--muted)', ...(format && { formatter: format }) },
      },
      series: series.map(({ name, colour, type, values }) => ({
        name,
        type,
        data: [...values],
        ...(type === 'bar' ? { stack: 'all', barMaxWidth: 28 } : { symbol: 'circle', symbolSize: 5 }),
        itemStyle: { color: `var(--s${colour})` },
        lineStyle: { color: `var(--s${colour})`, width: 2 },
      })),
    });
    return trusted(forPage(chart.renderToSVGString(), alternative));
  } finally {
    chart.dispose();
  }
}

/** As wide as there is room, said in words, and without what serves scripts only. */
function forPage(drawn: string, alternative: string): string {
  const attributes = markup`<svg role="img" aria-label="${alternative}"`.markup;
  return drawn
    .replace(/^<svg width="\d+" height="\d+"/, attributes)
    .replace(/<style\s*>[\s\S]*?<\/style>\n?/, '')
    .replaceAll(/ (ecmeta_\w+|class|pointer-events)="[^"]*"/g, '');
}
