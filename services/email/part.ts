import { Context, LiquidError, TokenKind, Tokenizer, toValueSync, type Template } from 'liquidjs';
import { nearestNames } from '../names';
import { checkNames } from './check-names';
import type { TemplatePart } from './email';
import { createEngine, Output, setTimeZone } from './engine';
import type { Scope } from './scope';
import { TemplateError } from './template-error';
import { ANY_MARK, hasMarks, valuesOf, type Values } from './values';

/** Far more than a mail needs, and done in less than a tenth of a second. */
const MOST_STEPS = 50_000;
const MOST_MEMORY = 1_000_000;
const LONGEST: Readonly<Record<TemplatePart, number>> = { subject: 2000, preheader: 2000, body: 50_000 };

const engine = createEngine();

/** What a part of a mail says, with marks where values go. */
export interface Said {
  text: string;
  values: Values;
}

/** One part of a template, as Liquid. */
export class Part {
  private readonly source: string;
  private readonly templates: Template[];

  /** Throws `TemplateError`. */
  constructor(
    readonly name: TemplatePart,
    source: string,
    customerFields: readonly string[],
  ) {
    this.source = source.replace(/\r\n?/g, '\n').replace(/\p{Cs}/gu, '\uFFFD');
    if (source.length > LONGEST[name]) {
      throw this.error(1, `it has more than ${LONGEST[name]} characters; shorten it`);
    }
    if (hasMarks(source)) {
      const line = this.lineOf(this.source.search(/[\uE000-\uF8FF]/));
      throw this.error(line, 'it has a character that looks different on every device; type it anew');
    }
    this.templates = this.attempt(() => engine.parse(this.source));
    const unknown = checkNames(engine.analyzeSync(this.templates, { partials: false }), customerFields);
    if (unknown) throw this.error(unknown.line, unknown.reason);
  }

  /** Throws `TemplateError`. */
  say(scope: Scope, timeZone: string): Said {
    const context = new Context(
      scope,
      engine.options,
      { sync: true, memoryLimit: MOST_MEMORY },
      { liquid: engine },
    );
    setTimeZone(context, timeZone);
    let steps = 0;
    // Counted rather than timed: whether a mail can be made must not depend on how busy the machine is.
    context.renderLimit.check = () => {
      steps += 1;
      if (steps > MOST_STEPS) throw new Error('it takes too many steps; a loop in it is too long');
    };
    const output = new Output();
    this.attempt(() => toValueSync(engine.renderer.renderTemplates(this.templates, context, output)));
    return { text: output.buffer, values: valuesOf(context) };
  }

  /** All that it could say, whatever the conditions, line by line as in the source. */
  everything(): string {
    let isComment = false;
    const texts = new Tokenizer(this.source).readTopLevelTokens(engine.options).map((token) => {
      const text = this.source.slice(token.begin, token.end);
      const tag = token.kind === TokenKind.Tag && 'name' in token ? token.name : undefined;
      if (tag === 'comment') isComment = true;
      const isHidden = isComment || token.kind !== TokenKind.HTML;
      const mark = !isComment && token.kind === TokenKind.Output ? ANY_MARK : '';
      if (tag === 'endcomment') isComment = false;
      return isHidden ? mark + text.replace(/[^\n]+/g, '') : text;
    });
    return texts.join('');
  }

  /** From 1; where a text stands that is looked for from a line on, else that line. */
  lineWith(text: string, from: number): number {
    const start = this.source.split('\n', from - 1).join('\n').length;
    const found = text === '' ? -1 : this.source.indexOf(text, start);
    return found === -1 ? from : this.lineOf(found);
  }

  error(line: number, reason: string): TemplateError {
    return new TemplateError(this.name, line, reason);
  }

  private lineOf(position: number): number {
    return this.source.slice(0, position).split('\n').length;
  }

  private attempt<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw this.explained(error);
    }
  }

  private explained(error: unknown): unknown {
    if (LiquidError.is(error)) {
      const [line = 1] = error.token.getPosition();
      return this.error(line, reasonOf(error.originalError?.message ?? error.message));
    }
    return error instanceof RangeError ? this.error(1, 'it is nested too deeply') : error;
  }
}

/** Liquid's own words, made understandable where they are not. */
function reasonOf(cause: string): string {
  const message = cause.replace(/, (?:file:.*, )?line:\d+, col:\d+$/, '');
  const filter = /^undefined filter: (.*)$/s.exec(message)?.[1];
  if (filter !== undefined) return unknownName('filter', filter, Object.keys(engine.filters));
  const tag = /^tag "(.*)" not found$/s.exec(message)?.[1];
  if (tag !== undefined) return unknownName('tag', tag, Object.keys(engine.tags));
  if (/ limit exceeded$/.test(message)) return 'it takes too much memory; a loop or a text in it is too long';
  return message;
}

function unknownName(kind: string, name: string, known: readonly string[]): string {
  const [nearest = ''] = nearestNames(known, name, 1);
  return `there is no ${kind} "${name}"; the nearest is "${nearest}"`;
}
