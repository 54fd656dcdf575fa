/** A mail as Resend takes it (resend.com/docs/api-reference/emails/send-email). */
export interface Mail {
  /** `ada@example.com` or `Ada <ada@example.com>`; may be left out where the template has one. */
  from?: string | undefined;
  to: readonly string[];
  /** May be left out where the template has one. */
  subject?: string | undefined;
  html?: string | undefined;
  text?: string | undefined;
  cc?: readonly string[] | undefined;
  bcc?: readonly string[] | undefined;
  replyTo?: readonly string[] | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Not in a batch. */
  attachments?: readonly Attachment[] | undefined;
  tags?: readonly Tag[] | undefined;
  /** ISO 8601. Not in a batch. */
  scheduledAt?: string | undefined;
  /** In place of `html` and `text`. */
  template?: { id: string; variables: Readonly<Record<string, string | number>> } | undefined;
}

export interface Attachment {
  filename: string;
  /** Base64. */
  content: string;
  contentType: string;
}

export interface Tag {
  name: string;
  value: string;
}

/** The mail as the body of a request: the same mail gives the same bytes. */
export function bodyOf(mail: Mail): object {
  const { attachments = [] } = mail;
  return {
    ...(mail.from !== undefined && { from: mail.from }),
    to: mail.to,
    ...(mail.subject !== undefined && { subject: mail.subject }),
    ...(mail.cc?.length && { cc: mail.cc }),
    ...(mail.bcc?.length && { bcc: mail.bcc }),
    ...(mail.replyTo?.length && { reply_to: mail.replyTo }),
    ...(mail.html !== undefined && { html: mail.html }),
    ...(mail.text !== undefined && { text: mail.text }),
    ...(mail.template && { template: mail.template }),
    ...(Object.keys(mail.headers ?? {}).length > 0 && { headers: mail.headers }),
    ...(attachments.length > 0 && {
      attachments: attachments.map(({ filename, content, contentType }) => ({
        filename,
        content,
        content_type: contentType,
      })),
    }),
    ...(mail.tags?.length && { tags: mail.tags }),
    ...(mail.scheduledAt !== undefined && { scheduled_at: mail.scheduledAt }),
  };
}
