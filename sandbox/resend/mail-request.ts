import { z } from 'zod/v4';
import { addressIn, domainOf, testAddress } from './addresses';
import { ResendError, invalid, missingField } from './errors';
import type { Mail, ResendState, Settings } from './state';
import { applyTemplate } from './templates';
import { readSchedule } from './times';

const MOST_RECIPIENTS = 50;
const LONGEST_TAG = 256;
const EXAMPLE_DOMAIN = /(^|\.)(example\.(com|net|org)|test\.com)$/;

/** A mail as it was asked for, fit to be sent. */
export type MailDraft = Pick<
  Mail,
  | 'from'
  | 'to'
  | 'cc'
  | 'bcc'
  | 'replyTo'
  | 'subject'
  | 'html'
  | 'text'
  | 'headers'
  | 'tags'
  | 'attachments'
  | 'templateId'
  | 'scheduledAt'
>;

const text = z.string();
const texts = z.union([text, z.array(text)]).transform((given) => [given].flat());
const attachmentSchema = z.looseObject({
  content: text.optional(),
  path: text.optional(),
  filename: text.optional(),
});

/** The fields and their types; what they may hold is looked at afterwards, in Resend's words. */
const FIELDS = {
  from: text.optional(),
  to: texts.optional(),
  cc: texts.optional(),
  bcc: texts.optional(),
  reply_to: texts.optional(),
  subject: text.optional(),
  html: text.optional(),
  text: text.optional(),
  headers: z.record(text, text).optional(),
  tags: z.array(z.object({ name: text, value: text })).optional(),
  attachments: z.array(attachmentSchema).optional(),
  scheduled_at: text.optional(),
  template: z
    .object({ id: text, variables: z.record(text, z.union([text, z.number()])).optional() })
    .optional(),
};
const requestSchema = z.object(FIELDS);
type MailRequest = z.output<typeof requestSchema>;

/**
 * A mail from the body of a request, or from an entry of a batch.
 * @throws ResendError with what Resend says about it
 */
export function readMail(body: unknown, state: ResendState, now: number): MailDraft {
  const { template, ...request } = parse(body);
  const templated = template ? applyTemplate(state, template, request) : { ...request, templateId: null };
  const { from, to, subject, html, text: plain, headers = {} } = templated;
  if (from === undefined) throw missingField('from');
  if (to === undefined) throw missingField('to');
  if (subject === undefined) throw missingField('subject');
  if (html === undefined && plain === undefined) throw invalid('Missing `html` or `text` field.');
  const { cc = [], bcc = [], reply_to: replyTo = [], tags = [], scheduled_at: scheduledAt } = templated;
  checkRecipients({ to, cc, bcc, reply_to: replyTo }, state.settings);
  checkSender(from, [...to, ...cc, ...bcc], state);
  checkTags(tags);
  return {
    ...{ from, to, cc, bcc, replyTo, subject, headers, tags },
    html: html ?? null,
    text: plain ?? null,
    attachments: namesOf(templated.attachments),
    templateId: templated.templateId,
    scheduledAt: scheduledAt === undefined ? null : readSchedule(scheduledAt, now),
  };
}

/** How many addresses of the quota a mail costs. */
export function costOf({ to, cc, bcc }: MailDraft): number {
  return to.length + cc.length + bcc.length;
}

function parse(body: unknown): MailRequest {
  const given: unknown = body ?? {};
  const { data, error } = requestSchema.safeParse(withoutNulls(given));
  if (data) return data;
  const [issue] = error.issues;
  const field = String(issue?.path[0] ?? 'body');
  const kind = Object.hasOwn(FIELDS, field) && ['to', 'cc', 'bcc', 'reply_to'].includes(field);
  throw invalid(
    kind ? `The \`${field}\` field must be a \`string\` or an array of them.` : `Invalid \`${field}\` field.`,
  );
}

/** A field that is null counts as left out. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

function checkRecipients(
  fields: Record<'to' | 'cc' | 'bcc' | 'reply_to', string[]>,
  { refusesExampleAddresses }: Settings,
): void {
  if (fields.to.length === 0) throw missingField('to');
  for (const [name, addresses] of Object.entries(fields)) {
    if (addresses.length > MOST_RECIPIENTS) {
      throw invalid(`The \`${name}\` field can have at most ${MOST_RECIPIENTS} addresses.`);
    }
    for (const address of addresses) {
      const plain = addressIn(address);
      if (plain === undefined) throw malformed(name);
      if (name !== 'reply_to' && refusesExampleAddresses && EXAMPLE_DOMAIN.test(domainOf(plain))) {
        throw invalid(
          `Invalid \`${name}\` field. Please use our testing email address instead of domains like \`${domainOf(plain)}\`.`,
        );
      }
    }
  }
}

function checkSender(from: string, recipients: readonly string[], { domains, settings }: ResendState): void {
  const address = addressIn(from);
  if (address === undefined) throw malformed('from');
  const name = domainOf(address);
  if (name === 'resend.dev') {
    const isOwn = (to: string): boolean =>
      addressIn(to) === settings.ownerEmail || testAddress(to) !== undefined;
    if (recipients.every(isOwn)) return;
    throw new ResendError(
      403,
      'validation_error',
      `You can only send testing emails to your own email address (${settings.ownerEmail}). To send emails to other recipients, please verify a domain at resend.com/domains, and change the \`from\` address to an email using this domain.`,
    );
  }
  if (domains.all().some((domain) => domain.name === name && domain.status === 'verified')) return;
  throw new ResendError(
    403,
    'validation_error',
    `The ${name} domain is not verified. Please, add and verify your domain on https://resend.com/domains`,
  );
}

function checkTags(tags: Mail['tags']): void {
  for (const { name, value } of tags) {
    for (const part of [name, value]) {
      if (part.length > LONGEST_TAG) throw invalid(`Tags can have at most ${LONGEST_TAG} characters.`);
      if (!/^[A-Za-z0-9_-]+$/.test(part)) {
        throw invalid('Tags should only contain ASCII letters, numbers, underscores, or dashes.');
      }
    }
  }
}

function namesOf(attachments: MailRequest['attachments'] = []): string[] {
  return attachments.map(({ content, path, filename }, index) => {
    if (content === undefined && path === undefined) {
      throw new ResendError(422, 'invalid_attachment', 'Attachment must have either a `content` or `path`.');
    }
    return filename ?? path?.split('/').at(-1) ?? `attachment-${index + 1}`;
  });
}

function malformed(field: string): ResendError {
  return invalid(
    `Invalid \`${field}\` field. The email address needs to follow the \`email@example.com\` or \`Name <email@example.com>\` format.`,
  );
}
