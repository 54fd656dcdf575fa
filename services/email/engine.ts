import { CaptureTag, Liquid, type Context, type Emitter, type FilterImplOptions } from 'liquidjs';
import { formatDate } from './dates';
import { formatMoney } from './money';
import { valuesOf } from './values';

/** A filter as a mere function. */
type FilterHandler = Extract<FilterImplOptions, (...values: never[]) => unknown>;

const MOST_LETTERS = 100_000;
/** What is not here is unknown: above all what reads files, escapes nothing, or tells different things each time. */
const TAGS = [
  'assign',
  'break',
  'capture',
  'case',
  'comment',
  'continue',
  'echo',
  'for',
  'if',
  'raw',
  'unless',
  '#',
];
const FILTERS =
  'abs append at_least at_most capitalize ceil compact concat default divided_by downcase first floor join last lstrip ' +
  'map minus modulo plus prepend remove remove_first replace replace_first reverse round rstrip size slice sort split ' +
  'strip sum times truncate truncatewords uniq upcase where';
const TIME_ZONE = 'timeZone';

/** Gathers what is put out, and no more than a mail can hold. */
export class Output implements Emitter {
  buffer = '';

  write(text: unknown): void {
    this.buffer += String(text);
    if (this.buffer.length > MOST_LETTERS) throw new Error('it puts out more than a mail can hold');
  }
}

/** Liquid as far as a mail may use it. */
export function createEngine(): Liquid {
  const engine = new Liquid({
    outputEscape: function (this: ThisParameterType<FilterHandler>, value: unknown) {
      return valuesOf(this.context).add(value);
    } as FilterHandler,
    strictFilters: true,
    ownPropertyOnly: true,
    templates: {},
    locale: 'en-US',
  });
  keepOnly(engine.tags, TAGS);
  keepOnly(engine.filters, FILTERS.split(' '));
  engine.registerTag('capture', PlainCapture);
  engine.registerFilter('date', function (value: unknown, format: unknown) {
    const isNow = value === 'now' || value === 'today';
    const [moment, timeZone] = [isNow ? this.context.getSync(['now']) : value, timeZoneOf(this.context)];
    return formatDate(moment, format, timeZone);
  });
  engine.registerFilter('money', formatMoney);
  engine.registerFilter('url_encode', (value: unknown) => encodeURIComponent(wellFormed(value)));
  return engine;
}

export function setTimeZone(context: Context, timeZone: string): void {
  context.setRegister(TIME_ZONE, timeZone);
}

function timeZoneOf(context: Context): string {
  return context.getRegister<string>(TIME_ZONE, 'utc');
}

/** What was captured is a value as any other: it holds no mark of another value, and no markup of its own. */
class PlainCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    const output = new Output();
    yield this.liquid.renderer.renderTemplates(this.templates, context, output);
    const text = valuesOf(context).fill(output.buffer);
    context.memoryLimit.use(text.length);
    Object.assign(context.bottom(), { [this.variable]: text });
  }
}

function keepOnly(known: Record<string, unknown>, wanted: readonly string[]): void {
  for (const name of Object.keys(known)) {
    if (!wanted.includes(name)) delete known[name];
  }
}

function wellFormed(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}
