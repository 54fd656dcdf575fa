import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod/v4';
import type { SandboxResponse } from '../double';
import { ResendError, invalid, missingField, notFound } from './errors';
import { messageIdOf } from './events';
import { costOf, readMail, type MailDraft } from './mail-request';
import type { Postman } from './postman';
import type { Quota } from './quota';
import type { Mail, ResendState } from './state';
import { readSchedule, resendTime } from './times';

const MOST_IN_BATCH = 100;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const rescheduleSchema = z.object({ scheduled_at: z.string() });

/** `/emails` and `/emails/batch`. */
export class Emails {
  constructor(
    private readonly state: ResendState,
    private readonly postman: Postman,
    private readonly quota: Quota,
  ) {}

  async send(body: unknown, idempotencyKey: string | undefined): Promise<SandboxResponse> {
    const draft = readMail(body, this.state, Date.now());
    const [id] = await this.accept([draft], idempotencyKey);
    return { status: 200, body: { id } };
  }

  /** @param permissive whether the good ones are sent though there are bad ones among them */
  async sendBatch(
    body: unknown,
    { permissive, idempotencyKey }: { permissive: boolean; idempotencyKey: string | undefined },
  ): Promise<SandboxResponse> {
    if (!Array.isArray(body)) throw invalid('The request body must be an array of emails.');
    if (body.length === 0) throw invalid('The batch must have at least one email.');
    if (body.length > MOST_IN_BATCH) throw invalid(`The batch can have at most ${MOST_IN_BATCH} emails.`);
    const drafts: MailDraft[] = [];
    const errors: Array<{ index: number; message: string }> = [];
    for (const [index, entry] of body.entries()) {
      try {
        drafts.push(this.readOfBatch(entry));
      } catch (error) {
        if (!permissive || !(error instanceof ResendError)) throw error;
        errors.push({ index, message: error.message });
      }
    }
    const ids = await this.accept(drafts, idempotencyKey);
    const data = ids.map((id) => ({ id }));
    return { status: 200, body: permissive ? { data, errors } : { data } };
  }

  get(id: string): SandboxResponse {
    const mail = this.find(id);
    return {
      status: 200,
      body: {
        object: 'email',
        id: mail.id,
        message_id: messageIdOf(mail),
        to: mail.to,
        from: mail.from,
        created_at: resendTime(mail.createdAt),
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        bcc: mail.bcc,
        cc: mail.cc,
        reply_to: mail.replyTo,
        last_event: mail.lastEvent,
        scheduled_at: mail.scheduledAt === null ? null : resendTime(mail.scheduledAt),
        tags: mail.tags,
      },
    };
  }

  reschedule(id: string, body: unknown): SandboxResponse {
    const mail = this.scheduled(id, 'updated');
    const { data } = rescheduleSchema.safeParse(body);
    if (!data) throw missingField('scheduled_at');
    mail.scheduledAt = readSchedule(data.scheduled_at, Date.now());
    this.postman.watch();
    return { status: 200, body: { object: 'email', id: mail.id } };
  }

  cancel(id: string): SandboxResponse {
    const mail = this.scheduled(id, 'canceled');
    mail.lastEvent = 'canceled';
    this.postman.watch();
    return { status: 200, body: { object: 'email', id: mail.id } };
  }

  private readOfBatch(entry: unknown): MailDraft {
    const draft = readMail(entry, this.state, Date.now());
    if (draft.attachments.length > 0) throw invalid('The `attachments` field is not supported in batches.');
    if (draft.scheduledAt !== null) throw invalid('The `scheduled_at` field is not supported in batches.');
    return draft;
  }

  private async accept(drafts: readonly MailDraft[], idempotencyKey: string | undefined): Promise<string[]> {
    const cost = drafts.reduce((sum, draft) => sum + costOf(draft), 0);
    this.quota.check(cost);
    this.quota.count(cost);
    if (this.state.settings.workMs > 0) await sleep(this.state.settings.workMs);
    return drafts.map((draft) => {
      const mail: Mail = {
        ...draft,
        id: randomUUID(),
        createdAt: new Date().toISOString(),
        idempotencyKey: idempotencyKey ?? null,
        lastEvent: 'queued',
        history: [],
      };
      this.postman.take(mail);
      return mail.id;
    });
  }

  private find(id: string): Mail {
    if (!UUID.test(id)) throw new ResendError(422, 'invalid_parameter', 'The `id` must be a valid UUID.');
    const mail = this.state.mails.get(id);
    if (!mail) throw notFound('Email');
    return mail;
  }

  private scheduled(id: string, what: string): Mail {
    const mail = this.find(id);
    if (mail.lastEvent === 'scheduled') return mail;
    throw invalid(`Only scheduled emails can be ${what}; this one is ${mail.lastEvent}.`);
  }
}
