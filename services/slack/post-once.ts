import { asError, ServiceError } from '../http';
import type { SlackClient } from './client';

export interface Notice {
  /** Key of the effect: a notice with the same key is posted once. */
  key: string;
  text: string;
  /** Who posts it, as the store notes it down. */
  by: string;
}

/** What the posting of notices needs of the store. */
export interface NoticeEffects {
  begin(key: string, by: string): Promise<{ state: 'new' | 'done' | 'unknown' }>;
  confirm(key: string, detail?: object): Promise<void>;
  /** Begun, but certainly not carried out: may be begun again. */
  release(key: string): Promise<void>;
}

export interface PostedNotice {
  posted: boolean;
  /** Why not, when it was not. */
  reason?: string;
}

/**
 * Posts the notices as one message, each of them once: begun in the store, posted, confirmed. Slack has no idempotency
 * key and cannot be asked afterwards, so a notice whose posting was cut off is not posted again, and says so. Gives a
 * result or an error for each, in their order.
 */
export async function postOnce(
  slack: SlackClient,
  effects: NoticeEffects,
  notices: readonly Notice[],
): Promise<Array<PostedNotice | Error>> {
  const results = new Map<string, PostedNotice | Error>();
  const fresh: Notice[] = [];
  for (const notice of distinct(notices)) {
    const begun = await effects.begin(notice.key, notice.by).catch(asError);
    if (begun instanceof Error) results.set(notice.key, begun);
    else if (begun.state === 'new') fresh.push(notice);
    else results.set(notice.key, { posted: false, reason: REASONS[begun.state] });
  }
  if (fresh.length > 0) {
    const result = await post(slack, effects, fresh);
    for (const { key } of fresh) results.set(key, result);
  }
  return notices.map(({ key }) => results.get(key) ?? new Error('the notice was left out'));
}

const REASONS = {
  done: 'already posted for this cause',
  unknown: 'unknown whether it was posted before; not posted again',
} as const;

async function post(
  slack: SlackClient,
  effects: NoticeEffects,
  notices: readonly Notice[],
): Promise<PostedNotice | Error> {
  try {
    await slack.post(notices.map(({ text }) => text));
  } catch (error) {
    if (error instanceof ServiceError && (error.status !== undefined || error.neverArrived)) {
      for (const { key } of notices) await effects.release(key);
    }
    return asError(error);
  }
  for (const { key } of notices) await effects.confirm(key);
  return { posted: true };
}

function distinct(notices: readonly Notice[]): Notice[] {
  return [...new Map(notices.map((notice) => [notice.key, notice])).values()];
}
