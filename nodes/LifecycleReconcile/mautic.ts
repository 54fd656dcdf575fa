import { groupKeyOf, type IntakeEvent } from '../../services/intake';
import { changedContacts, type ChangedContact, type ChangeKind, type MauticApi } from '../../services/mautic';
import type { Store } from '../../store';
import { addMissing, type CatchUpOptions, type CaughtUp } from './caught-up';

const KINDS: readonly ChangeKind[] = ['modified', 'added'];

/** What Mautic calls the webhook events of a contact that was edited, and of one that came into being. */
const EVENT_TYPE = {
  modified: 'mautic.lead_post_save_update',
  added: 'mautic.lead_post_save_new',
} as const;

/** What tells of a contact's state. A later event of another kind, such as an opened e-mail, would not. */
const SAVES = Object.values(EVENT_TYPE);

export interface MauticCatchUpOptions extends CatchUpOptions {
  /** Changes that are younger are left to a later run: their webhooks may be under way. */
  graceMs: number;
}

/**
 * Adds an event for each contact that was changed, and of whose change the store has no event. The cursors, one for
 * edited and one for new contacts, move with each page whose events are committed, never past the grace period.
 */
export async function catchUpWithMautic(
  api: MauticApi,
  store: Store,
  { now, lookBackMs, mostPages, graceMs }: MauticCatchUpOptions,
): Promise<CaughtUp> {
  const to = new Date(now.getTime() - graceMs);
  const first = new Date(Math.min(now.getTime() - lookBackMs, to.getTime()));
  const result: CaughtUp = { looked: 0, added: 0, from: to, to, more: false };
  for (const kind of KINDS) {
    const cursor = `reconcile:mautic:${kind}`;
    const kept = await store.cursors.get(cursor);
    let from = kept === undefined ? first : new Date(kept);
    if (from < result.from) result.from = from;
    let pages = 0;
    for await (const { contacts, next } of changedContacts(api, kind, { from, to })) {
      result.looked += contacts.length;
      result.added += await addMissing(store, 'mautic', await lostEvents(store, kind, contacts));
      pages += 1;
      if (next <= from) continue;
      from = next;
      await store.cursors.set(cursor, from.toISOString());
      if (pages >= mostPages) break;
    }
    if (from < to) {
      result.more = true;
      if (from < result.to) result.to = from;
    }
  }
  return result;
}

/** Nothing was lost of a contact when a save of it came in that happened at or after its last change. */
async function lostEvents(
  store: Store,
  kind: ChangeKind,
  contacts: readonly ChangedContact[],
): Promise<IntakeEvent[]> {
  const events = await Promise.all(
    contacts.map(async ({ id, changedAt, raw }): Promise<IntakeEvent[]> => {
      const groupKey = groupKeyOf('contact', String(id));
      if (await store.events.hasSince('mautic', groupKey, changedAt, SAVES)) return [];
      const timestamp = changedAt.toISOString();
      return [
        {
          externalId: `reconciled:${id}:${timestamp}`,
          type: EVENT_TYPE[kind],
          occurredAt: changedAt,
          groupKey,
          payload: { contact: raw, timestamp, reconciled: true },
        },
      ];
    }),
  );
  return events.flat();
}
