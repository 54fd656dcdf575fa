import { createHmac } from 'node:crypto';
import type { DoubleContext } from '../double';
import { phpDate, phpJson } from './php';
import type { Hook, MauticState } from './state';

export type WebhookEvent =
  | 'mautic.lead_post_save_new'
  | 'mautic.lead_post_save_update'
  | 'mautic.lead_post_delete'
  | 'mautic.lead_points_change'
  | 'mautic.lead_channel_subscription_changed'
  | 'mautic.lead_list_change'
  | 'mautic.email_on_send';

/** What can be subscribed to: the events that this double sends. */
export const WEBHOOK_EVENTS: Readonly<Record<WebhookEvent, { label: string; description: string }>> = {
  'mautic.lead_post_save_new': {
    label: 'Contact Identified Event',
    description: 'Triggered when a contact is identified.',
  },
  'mautic.lead_post_save_update': {
    label: 'Contact Updated Event',
    description: 'Triggered when a contact is updated.',
  },
  'mautic.lead_points_change': {
    label: 'Contact Points Changed Event',
    description: "Triggered when a contact's points are modified.",
  },
  'mautic.lead_post_delete': {
    label: 'Contact Deleted Event',
    description: 'Triggered when a contact is deleted.',
  },
  'mautic.lead_channel_subscription_changed': {
    label: 'Contact Channel Subscription Change Event',
    description: "Triggered when a contact's channel subscription status changes.",
  },
  'mautic.lead_list_change': {
    label: 'Contact Segment Membership Change Event',
    description: 'Triggered when a contact segment membership is changed',
  },
  'mautic.email_on_send': { label: 'Email Send Event', description: 'Triggered when emails are sent' },
};

/** A webhook is switched off when none of its last deliveries, up to this many, was answered 2xx. */
const DISABLE_LIMIT = 100;
/** Somebody who has just edited a webhook is left in peace. */
const GRACE_MS = 2 * 24 * 60 * 60 * 1000;

/** Sends webhooks the way `immediate_process` does: one POST per event, inside the request that caused it. */
export class Webhooks {
  constructor(
    private readonly state: MauticState,
    private readonly context: DoubleContext,
  ) {}

  /** Posts the event to all published webhooks that ask for it, one after another. A failure loses the event. */
  async send(event: WebhookEvent, payload: Record<string, unknown>): Promise<void> {
    for (const hook of this.state.webhooks.all()) {
      if (hook.isPublished && hook.triggers.includes(event)) await this.deliver(hook, event, payload);
    }
  }

  private async deliver(hook: Hook, event: WebhookEvent, payload: Record<string, unknown>): Promise<void> {
    const body = phpJson({ [event]: [{ ...payload, timestamp: phpDate() }] });
    const signature = createHmac('sha256', hook.secret).update(body).digest('base64');
    const headers = {
      'Content-Type': 'application/json',
      'X-Origin-Base-URL': this.context.url,
      'Webhook-Signature': signature,
    };
    const { status } = await this.context.post(hook.webhookUrl, headers, body);
    this.record(hook.id, status);
  }

  private record(id: number, status: number): void {
    const hook = this.state.webhooks.get(id);
    if (!hook) return;
    const succeeded = status >= 200 && status < 300;
    const log = [...hook.log, { status, dateAdded: phpDate() }].slice(-DISABLE_LIMIT);
    // When nothing answered, the verdict comes before the entry: a first such failure is forgiven.
    const judged = status === 0 ? hook.log : log;
    const unpublish = !succeeded && (status === 410 || isSick(hook, judged));
    this.state.webhooks.put({
      ...hook,
      log,
      isPublished: hook.isPublished && !unpublish,
      dateModified: unpublish ? phpDate() : hook.dateModified,
    });
    this.context.changed();
  }
}

function isSick({ dateModified }: Hook, log: Hook['log']): boolean {
  if (dateModified !== null && Date.now() - Date.parse(dateModified) < GRACE_MS) return false;
  return log.length > 0 && log.every(({ status }) => status < 200 || status >= 300);
}
