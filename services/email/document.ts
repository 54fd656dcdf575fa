import { AddressFault, readInline } from './inline';
import type { MarkdownToken } from './markdown';
import { filled, join, textPiece, type Inline, type Piece } from './piece';
import type { Values } from './values';
import { wrap } from './wrap';

/** A block of the plain text: its first line begins with `lead`, the others with `indent`. */
interface TextBlock {
  lead: string;
  indent: string;
  text: Piece;
  /** Whether it follows the one before it without an empty line. */
  isTight: boolean;
  isWrapped: boolean;
}

/** A place in a list or quotation. */
interface Level {
  lead: string;
  indent: string;
}

/** The body of a mail, read once, to be filled with values as often as there are customers. */
export class Document {
  private readonly html: Piece[] = [];
  private readonly blocks: TextBlock[] = [];
  private readonly levels: Level[] = [];
  private readonly counters: Array<number | undefined> = [];
  private isTight = false;
  private readonly content: Piece;

  /** Throws `DocumentFault`. */
  constructor(tokens: readonly MarkdownToken[]) {
    let line = 1;
    tokens.forEach((token, index) => {
      line = token.map ? token.map[0] + 1 : line;
      try {
        this.read(token, tokens[index - 1]);
      } catch (error) {
        throw error instanceof AddressFault ? new DocumentFault(line, error.address, error.message) : error;
      }
    });
    this.content = join(this.html);
  }

  htmlWith(values: Values): string {
    return filled(this.content, values).trimEnd();
  }

  textWith(values: Values): string {
    let result = '';
    for (const { lead, indent, text, isTight, isWrapped } of this.blocks) {
      const content = filled(text, values);
      if (content.trim() === '') continue;
      const lines = isWrapped
        ? wrap(content, lead, indent)
        : lead + content.replace(/\n(?=.)/g, `\n${indent}`);
      result += result === '' ? lines : (isTight ? '\n' : '\n\n') + lines;
    }
    return result;
  }

  private read(token: MarkdownToken, before: MarkdownToken | undefined): void {
    switch (token.type) {
      case 'inline':
        this.readBlock(readInline(token.children ?? []), before);
        break;
      case 'fence':
        this.readCode(token.content);
        break;
      case 'hr':
        this.html.push('<hr>\n');
        this.addText('-'.repeat(20));
        break;
      case 'bullet_list_open':
        this.open(token);
        this.counters.push(undefined);
        break;
      case 'ordered_list_open':
        this.open(token, startOf(token) === 1 ? '' : ` start="${startOf(token)}"`);
        this.counters.push(startOf(token));
        break;
      case 'bullet_list_close':
      case 'ordered_list_close':
        this.close(token);
        this.counters.pop();
        this.isTight = this.counters.length > 0;
        break;
      case 'list_item_open':
        this.html.push('<li>');
        this.levels.push(this.nextItem());
        break;
      case 'list_item_close':
        this.html.push('</li>\n');
        this.levels.pop();
        break;
      case 'blockquote_open':
        this.open(token);
        this.levels.push({ lead: '> ', indent: '> ' });
        break;
      case 'blockquote_close':
        this.close(token);
        this.levels.pop();
        break;
      default:
      // What opens and closes a paragraph or heading is told by what is in between.
    }
  }

  private readBlock(inline: Inline, before: MarkdownToken | undefined): void {
    this.addText(inline.text);
    if (before?.hidden) {
      this.html.push(inline.html);
      return;
    }
    const tag = before?.tag ?? 'p';
    const { html } = inline;
    this.html.push((values) => {
      const content = filled(html, values);
      return content.trim() === '' ? '' : `<${tag}>${content}</${tag}>\n`;
    });
  }

  private readCode(content: string): void {
    const { html, text } = textPiece(content.trimEnd());
    this.html.push('<pre class="code">', html, '</pre>\n');
    this.addText(text, false);
  }

  private open({ tag }: MarkdownToken, attributes = ''): void {
    this.html.push(`<${tag}${attributes}>\n`);
  }

  private close({ tag }: MarkdownToken): void {
    this.html.push(`</${tag}>\n`);
  }

  private nextItem(): Level {
    const number = this.counters.at(-1);
    if (number !== undefined) this.counters[this.counters.length - 1] = number + 1;
    const lead = number === undefined ? '- ' : `${number}. `;
    return { lead, indent: ' '.repeat(lead.length) };
  }

  /** Only the first block in an item carries the item's mark. */
  private addText(text: Piece, isWrapped = true): void {
    const lead = this.levels.map((level) => level.lead).join('');
    const indent = this.levels.map((level) => level.indent).join('');
    const isItem = this.counters.length > 0;
    this.blocks.push({ lead, indent, text, isTight: this.isTight && lead !== indent, isWrapped });
    for (const level of this.levels) level.lead = level.indent;
    this.isTight = isItem;
  }
}

/** What is wrong with a body, and in which line of it a block begins that is wrong. */
export class DocumentFault extends Error {
  constructor(
    readonly line: number,
    /** As it stands in the template. */
    readonly address: string,
    message: string,
  ) {
    super(message);
  }
}

function startOf(token: MarkdownToken): number {
  return Number(token.attrGet('start') ?? 1);
}
