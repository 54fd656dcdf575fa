import { Body } from './body';
import { directionOf } from './direction';
import type { CompiledEmail, EmailData, EmailTemplate, RenderedEmail } from './email';
import { escapeHtml } from './escape';
import { footerOf } from './footer';
import { frame } from './frame';
import { oneLine } from './one-line';
import { Part } from './part';
import { CUSTOMER_FIELDS, scopeOf } from './scope';
import { BODY_STYLES } from './styles';

/** Of a line in a header (RFC 5322, 2.1.1). */
const LONGEST_SUBJECT = 998;
/** No mailbox shows more. */
const LONGEST_PREHEADER = 500;
const MOST_KEPT = 500;

const kept = new Map<string, CompiledEmail>();

/**
 * A template made ready for any number of customers, and kept for the next time. `customerFields` are those that
 * customers have besides the usual ones. Throws `TemplateError` for all that can be seen without a customer: a name, tag
 * or filter that is unknown, Liquid that is not closed, a link that leads nowhere.
 */
export function compileEmail(template: EmailTemplate, customerFields: readonly string[] = []): CompiledEmail {
  const { subject, preheader, body, language } = template;
  const key = JSON.stringify([subject, preheader, body, language, customerFields]);
  const known = kept.get(key);
  if (known) return known;
  const compiled = new Email(template, [...CUSTOMER_FIELDS, ...customerFields]);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, compiled);
  return compiled;
}

class Email implements CompiledEmail {
  private readonly subject: Part;
  private readonly preheader: Part;
  private readonly part: Part;
  private readonly body: Body;
  private readonly root: string;

  constructor(
    { subject, preheader, body, language = 'en' }: EmailTemplate,
    customerFields: readonly string[],
  ) {
    this.subject = new Part('subject', subject, customerFields);
    this.preheader = new Part('preheader', preheader, customerFields);
    this.part = new Part('body', body, customerFields);
    this.body = new Body(this.part);
    const direction = directionOf(this.part.everything());
    this.root = `lang="${escapeHtml(language)}"${direction === 'rtl' ? ' dir="rtl"' : ''}`;
  }

  render(data: EmailData): RenderedEmail {
    const scope = scopeOf(data);
    const subject = oneLine(this.subject.say(scope, data.timeZone), LONGEST_SUBJECT);
    if (subject === '') throw this.subject.error(1, 'it is empty');
    const preheader = oneLine(this.preheader.say(scope, data.timeZone), LONGEST_PREHEADER);
    const body = this.body.render(this.part.say(scope, data.timeZone));
    const footer = footerOf(data.links);
    const html = frame({
      root: this.root,
      subject: escapeHtml(subject),
      preheader: escapeHtml(preheader),
      content: body.html,
      footer: footer.html,
      styles: BODY_STYLES,
    });
    return { subject, html, text: `${body.text}\n${footer.text}` };
  }
}
