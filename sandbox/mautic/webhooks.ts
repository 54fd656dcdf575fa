import { createHmac } from 'node:crypto';
import type { DoubleContext } from '../double';
import { phpDate, phpJson } from './php';
import type { Hook, MauticState, QueuedEvent } from './state';
import { testPayload } from './webhook-samples';

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

/** How many queued events go into one POST (`webhook_limit`). */
const EVENTS_PER_POST = 10;

/**
 * Sends webhooks. `immediate`: one POST per event, inside the request that caused it. `command`: events are queued, and
 * the cron job sends several of them in one POST.
 */
export class Webhooks {
  private processing = false;

  constructor(
    private readonly state: MauticState,
    private readonly context: DoubleContext,
  ) {}

  /**
   * Posts the event to all published webhooks that ask for it, one after another, or queues it for them. What is sent
   * at once is lost by a failure.
   */
  async send(event: WebhookEvent, payload: Record<string, unknown>): Promise<void> {
    for (const hook of this.state.webhooks.all()) {
      if (!hook.isPublished || !hook.triggers.includes(event)) continue;
      const dateAdded = phpDate();
      if (this.state.settings.queueMode === 'command') {
        const id = this.state.webhookQueue.nextId();
        this.state.webhookQueue.put({ id, hookId: hook.id, event, payload: jsonOf(payload), dateAdded });
        this.context.changed();
      } else {
        this.record(hook.id, await this.post(hook, { [event]: [{ ...payload, timestamp: dateAdded }] }));
      }
    }
  }

  /**
   * Sends what is queued for published webhooks until nothing is left, or one of its POSTs fails. An answer other than
   * 2xx loses the events of that POST; without any answer they stay. A second job at the same time does nothing.
   *
   * @returns how many POSTs were made, and how many events still wait
   */
  async processQueue(): Promise<{ posts: number; waiting: number }> {
    if (this.state.settings.queueMode !== 'command') {
      throw new Error('Webhooks are sent immediately here. Set the queue mode to "command" first.');
    }
    let posts = 0;
    if (!this.processing) {
      this.processing = true;
      try {
        for (const { id } of this.state.webhooks.all()) posts += await this.processQueueOf(id);
      } finally {
        this.processing = false;
      }
    }
    return { posts, waiting: this.state.webhookQueue.size };
  }

  /** Posts samples of the events that the webhook asks for, which leave no trace in its log. Gives the answer's status. */
  async sendTest(hook: Hook): Promise<number> {
    return await this.post(hook, testPayload(hook.triggers, phpDate()));
  }

  private async processQueueOf(hookId: number): Promise<number> {
    for (let posts = 0; ; posts += 1) {
      const hook = this.state.webhooks.get(hookId);
      const rows = hook?.isPublished ? this.nextRows(hook) : [];
      if (!hook || rows.length === 0) return posts;
      const status = await this.post(hook, byEvent(rows));
      if (status !== 0) for (const { id } of rows) this.state.webhookQueue.delete(id);
      this.record(hookId, status);
      if (!isSuccess(status)) return posts + 1;
    }
  }

  private nextRows({ id, eventsOrderbyDir }: Hook): QueuedEvent[] {
    const direction = eventsOrderbyDir === 'DESC' ? -1 : 1;
    return this.state.webhookQueue
      .all()
      .filter(({ hookId }) => hookId === id)
      .sort((one, other) => direction * (one.id - other.id))
      .slice(0, EVENTS_PER_POST);
  }

  /** Gives the status of the answer, 0 when there was none. */
  private async post(hook: Hook, payload: Record<string, unknown>): Promise<number> {
    const body = phpJson(payload);
    const signature = createHmac('sha256', hook.secret).update(body).digest('base64');
    const headers = {
      'Content-Type': 'application/json',
      'X-Origin-Base-URL': this.context.url,
      'Webhook-Signature': signature,
    };
    return (await this.context.post(hook.webhookUrl, headers, body)).status;
  }

  private record(id: number, status: number): void {
    const hook = this.state.webhooks.get(id);
    if (!hook) return;
    const log = [...hook.log, { status, dateAdded: phpDate() }].slice(-DISABLE_LIMIT);
    // When nothing answered, the verdict comes before the entry: a first such failure is forgiven.
    const judged = status === 0 ? hook.log : log;
    const unpublish = !isSuccess(status) && (status === 410 || isSick(hook, judged));
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
  return log.length > 0 && !log.some(({ status }) => isSuccess(status));
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The items of each kind in their order; the order between the kinds is lost. */
function byEvent(rows: readonly QueuedEvent[]): Record<string, object[]> {
  const payload: Record<string, object[]> = {};
  for (const { event, payload: item, dateAdded } of rows) {
    (payload[event] ??= []).push({ ...item, timestamp: dateAdded });
  }
  return payload;
}

function jsonOf(payload: Record<string, unknown>): QueuedEvent['payload'] {
  return JSON.parse(JSON.stringify(payload)) as QueuedEvent['payload'];
}
