/** What a mail is made of: Liquid, and in the body Markdown on top of it. */
export interface EmailTemplate {
  subject: string;
  /** What a mailbox shows after the subject; hidden in the mail itself. */
  preheader: string;
  body: string;
  /** BCP 47, by default `en`. */
  language?: string;
}

/** Everything a template can name, besides `now`. */
export interface EmailData {
  customer: {
    email: string;
    name: string | null;
    firstName: string | null;
    lastName: string | null;
    tier: string | null;
    stage: string | null;
    [field: string]: unknown;
  };
  /** What the start of the sequence gave along. */
  data: { [field: string]: unknown };
  /** `null` in a mail that goes without them. */
  links: { unsubscribe: string | null; preferences: string | null };
  /** ISO 8601. `now` in a template is this moment, so that the same data gives the same mail. */
  sentAt: string;
  /** IANA; UTC in its place when it is none that is known. */
  timeZone: string;
}

export interface RenderedEmail {
  subject: string;
  html: string;
  text: string;
}

export type TemplatePart = 'subject' | 'preheader' | 'body';

export interface CompiledEmail {
  /** The same data gives the same bytes. Throws `TemplateError`. */
  render(data: EmailData): RenderedEmail;
}
