import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod/v4';
import type { SandboxRequest, SandboxResponse } from '../double';
import { shapeValues } from './contact-json';
import type { ContactWrites } from './contact-writes';
import { answer, contactNotFound, formError, notFound, parseForm } from './errors';
import { flag } from './flag';
import { searchByName, parseListQuery, page } from './listing';
import { PUBLISH_DETAILS } from './named-lists';
import { isEmail, phpDate, sqlDate } from './php';
import type { Contact, Email, MauticState } from './state';
import { replaceTokens } from './tokens';
import type { Cell } from './where';
import type { Webhooks } from './webhooks';

const createSchema = z.looseObject({
  name: z.string().default(''),
  subject: z.string().default(''),
  customHtml: z.string().default(''),
  emailType: z.enum(['template', 'list']).catch('template'),
  language: z.string().default('en'),
  preheaderText: z.string().nullable().default(null),
  isPublished: flag(true),
});

interface Sending {
  /** What made Mautic send it, with its id. */
  source: readonly [string, number];
  tokens?: Record<string, string>;
  at?: Date;
}

/** E-mails, and sending them. */
export class Emails {
  constructor(
    private readonly state: MauticState,
    private readonly contacts: ContactWrites,
    private readonly webhooks: Webhooks,
    private readonly siteUrl: string,
    private readonly changed: () => void,
  ) {}

  list(request: SandboxRequest): SandboxResponse {
    const query = parseListQuery(request);
    const published = this.state.emails
      .all()
      .filter(({ isPublished }) => isPublished || !query.publishedOnly);
    const { rows, total } = page(searchByName(published, query.search), query, emailCell);
    const emails = rows.map((email) => [email.id, emailJson(email, query.minimal)] as const);
    return answer({ total, emails: rows.length === 0 ? [] : Object.fromEntries(emails) });
  }

  get(id: number): SandboxResponse {
    return answer({ email: emailJson(this.find(id)) });
  }

  create(body: unknown): SandboxResponse {
    const { name, subject, preheaderText, isPublished, customHtml, emailType, language } = parseForm(
      createSchema,
      body,
    );
    const problems: Record<string, string[]> = {};
    if (name === '') problems.name = ['A name is required.'];
    if (subject === '') problems.subject = ['A subject is required.'];
    if (subject.length > 190) problems.subject = ['Email subject cannot be longer than 190 characters.'];
    if ((preheaderText ?? '').length > 130)
      problems.preheaderText = ['Preheader text cannot be longer than 130 characters.'];
    if (Object.keys(problems).length > 0) throw formError(problems, 400);
    const email = this.state.emails.put({
      id: this.state.emails.nextId(),
      name,
      subject,
      preheaderText,
      customHtml,
      emailType,
      language,
      isPublished,
      sentCount: 0,
      dateAdded: phpDate(),
    });
    this.changed();
    return answer({ email: emailJson(email) }, 201, { location: `${this.siteUrl}/api/emails/${email.id}` });
  }

  /**
   * Sends to one contact: 200 also when that failed. As of 5.0, do-not-contact entries are ignored here, unpublished
   * e-mails are sent too, and nothing keeps a repeated call from sending again.
   */
  async sendToContact(id: number, contactId: number, body: unknown): Promise<SandboxResponse> {
    const email = this.find(id);
    const contact = this.state.contact(contactId);
    if (!contact) throw contactNotFound();
    const address = addressOf(contact);
    if (!isEmail(address)) {
      const details = { comments: 'Incorrectly formatted email address', channelId: id, user: null };
      await this.contacts.addDoNotContact(contact, 'email', 2, details);
      return answer({
        success: false,
        failed: `Email "${address}" does not comply with addr-spec of RFC 2822.`,
      });
    }
    // The hand-over to the mail transport.
    await nextTurn();
    await this.send(email, contact, { source: ['api', 0], tokens: readTokens(body) });
    return answer({ success: true });
  }

  /** Sends to a contact, whether it may be contacted or not; false when it has no address to send to. */
  async send(
    email: Email,
    contact: Contact,
    { source, tokens = {}, at = new Date() }: Sending,
  ): Promise<boolean> {
    const address = addressOf(contact);
    if (!isEmail(address)) return false;
    await this.deliver(email, contact, { source, tokens, at, address });
    return true;
  }

  private find(id: number): Email {
    const email = this.state.emails.get(id);
    if (!email) throw notFound();
    return email;
  }

  private async deliver(
    email: Email,
    contact: Contact,
    { source, tokens, at, address }: Required<Sending> & { address: string },
  ): Promise<void> {
    const trackingHash = randomBytes(8).toString('hex').slice(0, 13);
    const values = { ...shapeValues(this.state.publishedFields(), contact, 'single'), id: contact.id };
    const subject = replaceTokens(email.subject, values, tokens);
    const body = replaceTokens(withPreheader(email), values, {
      ...this.systemTokens(trackingHash, subject),
      ...tokens,
    });
    this.state.sentEmails.put({
      id: this.state.sentEmails.nextId(),
      emailId: email.id,
      contactId: contact.id,
      emailAddress: address,
      dateSent: phpDate(at),
      trackingHash,
      subject,
      body,
    });
    const current = this.state.emails.get(email.id) ?? email;
    this.state.emails.put({ ...current, sentCount: current.sentCount + 1 });
    this.changed();
    await this.webhooks.send('mautic.email_on_send', {
      email: emailJson(current),
      contact: this.contacts.webhookContact(contact, undefined, true),
      tokens,
      contentHash: null,
      idHash: trackingHash,
      content: body,
      subject,
      source: [...source],
    });
  }

  private systemTokens(trackingHash: string, subject: string): Record<string, string> {
    const unsubscribe = `${this.siteUrl}/email/unsubscribe/${trackingHash}`;
    const webview = `${this.siteUrl}/email/view/${trackingHash}`;
    return {
      '{unsubscribe_text}': `<a href="${unsubscribe}">Unsubscribe</a> to no longer receive emails from us.`,
      '{unsubscribe_url}': unsubscribe,
      '{webview_text}': `<a href="${webview}">Having trouble reading this email? Click here.</a>`,
      '{webview_url}': webview,
      '{signature}': '',
      '{subject}': subject,
    };
  }
}

/** `EmailSubscriber::onEmailSendAddPreheaderText`: it takes the place of the one that the body has, or comes first. */
function withPreheader({ customHtml, preheaderText }: Email): string {
  if (preheaderText === null || preheaderText === '') return customHtml;
  const element =
    '<div class="preheader" style="font-size:1px;line-height:1px;display:none;color:#fff;max-height:0;max-width:0;' +
    `opacity:0;overflow:hidden">${preheaderText}</div>`;
  const existing = /<div class="preheader"[^>]*>.*?<\/div>/s;
  if (existing.test(customHtml)) return customHtml.replace(existing, () => element);
  return customHtml.replace(/<body[^>]*>/i, (body) => `${body}\n${element}`);
}

function addressOf({ fields }: Contact): string {
  return String(fields.email ?? '');
}

/** `tokens` of a call, by name with or without braces. */
function readTokens(body: unknown): Record<string, string> {
  const { tokens } = z
    .object({
      tokens: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).catch({}),
    })
    .catch({ tokens: {} })
    .parse(body);
  return Object.fromEntries(
    Object.entries(tokens).map(([name, value]) => [
      /^\{.*?\}$/.test(name) ? name : `{${name}}`,
      String(value ?? ''),
    ]),
  );
}

function emailCell(email: Email, column: string): Cell | undefined {
  const cells: Readonly<Record<string, Cell>> = {
    id: email.id,
    name: email.name,
    subject: email.subject,
    emailType: email.emailType,
    language: email.language,
    isPublished: Number(email.isPublished),
    dateAdded: sqlDate(email.dateAdded),
  };
  return cells[column];
}

function emailJson(email: Email, minimal = false): Record<string, unknown> {
  const { id, name, subject, language, isPublished, dateAdded } = email;
  const head = { isPublished, dateAdded, ...PUBLISH_DETAILS, id, name, subject, language, category: null };
  if (minimal) return head;
  return {
    ...head,
    fromAddress: null,
    fromName: null,
    replyToAddress: null,
    bccAddress: null,
    useOwnerAsMailer: false,
    utmTags: [],
    preheaderText: email.preheaderText,
    customHtml: email.customHtml,
    plainText: null,
    template: 'blank',
    emailType: email.emailType,
    publishUp: null,
    publishDown: null,
    publicPreview: false,
    readCount: 0,
    sentCount: email.sentCount,
    revision: 1,
    assetAttachments: [],
    variantStartDate: null,
    variantSentCount: 0,
    variantReadCount: 0,
    variantParent: null,
    variantChildren: [],
    translationParent: null,
    translationChildren: [],
    unsubscribeForm: null,
    dynamicContent: [],
    lists: [],
    headers: [],
  };
}
