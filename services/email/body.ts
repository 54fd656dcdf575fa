import { readMarkdown } from './markdown';
import { Document, DocumentFault } from './document';
import type { Part, Said } from './part';
import type { TemplateError } from './template-error';

const MOST_KEPT = 50;

/**
 * The body of a mail as HTML and as plain text. Since the values are no part of what is read as Markdown, all customers
 * for whom the template takes the same branches share what was read once.
 */
export class Body {
  private readonly documents = new Map<string, Document>();

  /** Throws `TemplateError` for what is wrong whatever the values. */
  constructor(private readonly part: Part) {
    this.attempt(() => new Document(readMarkdown(part.everything())));
  }

  /** Throws `TemplateError`. */
  render({ text, values }: Said): { html: string; text: string } {
    const document = this.attempt(() => this.documentOf(text));
    return { html: document.htmlWith(values), text: document.textWith(values) };
  }

  private documentOf(text: string): Document {
    const kept = this.documents.get(text);
    if (kept) return kept;
    const document = new Document(readMarkdown(text));
    if (this.documents.size >= MOST_KEPT) this.documents.clear();
    this.documents.set(text, document);
    return document;
  }

  private attempt<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw error instanceof DocumentFault ? this.explained(error) : error;
    }
  }

  private explained({ address, line, message }: DocumentFault): TemplateError {
    const [literal = ''] = address.split(/[\uE000-\uF8FF]/, 1);
    return this.part.error(this.part.lineWith(literal, line), message);
  }
}
