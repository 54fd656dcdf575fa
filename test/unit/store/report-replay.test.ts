import { describe, expect, it } from '@jest/globals';
import type { NewEvent, ReplayQuestion, Store } from '../../../store';
import { useStore } from '../../support/store';

const database = useStore();
const NOW = new Date('2026-03-10T12:00:00Z');
const PAID = 'stripe:invoice.paid';
const FAILED = 'stripe:invoice.payment_failed';
const FIRST = 'first/node';
const SECOND = 'second/node';

describe('dead deliveries', () => {
  it('are counted one by one, by handler, and by handler and type', async () => {
    const store = await withDead();
    const all = await store.deliveries.find({ handlerId: FIRST }, 10);
    const counted = async (question: ReplayQuestion) => (await store.reports.deadOf(question)).deliveries;
    expect(await counted({ which: 'one', delivery: all[0]?.id ?? '' })).toBe(1);
    expect(await counted({ which: 'all', handler: FIRST, type: null })).toBe(3);
    expect(await counted({ which: 'all', handler: FIRST, type: PAID })).toBe(2);
    expect(await counted({ which: 'all', handler: FIRST, type: 'app:user.registered' })).toBe(0);
    expect(await counted({ which: 'all', handler: 'nobody', type: null })).toBe(0);
    const { newest } = await store.reports.deadOf({ which: 'all', handler: FIRST, type: PAID });
    expect(newest).toMatchObject({
      handler: 'First',
      eventType: PAID,
      service: 'Mautic',
      message: 'Refused.',
    });
  });

  it('without their payload are none', async () => {
    const store = await withDead();
    await database.sql('update lifecycle.event set payload_removed_at = now()');
    const question = { which: 'all', handler: FIRST, type: null } as const;
    expect(await store.reports.deadOf(question)).toEqual({ deliveries: 0, newest: null });
    expect(await store.reports.replay(question, await store.reports.replayToken(question))).toBe(0);
  });

  it('are replayed as asked, and nothing else is', async () => {
    const store = await withDead();
    const question = { which: 'all', handler: FIRST, type: PAID } as const;
    const token = await store.reports.replayToken(question, NOW);
    expect(await store.reports.replay(question, token, NOW)).toBe(2);
    expect(await states(store, FIRST)).toEqual(['dead', 'waiting', 'waiting']);
    expect(await states(store, SECOND)).toEqual(['dead', 'dead', 'dead']);
    expect(await store.reports.replay(question, token, NOW)).toBe(0);
  });
});

describe('the token of a replay', () => {
  const one = { which: 'one', delivery: '12' } as const;
  const all = { which: 'all', handler: FIRST, type: null } as const;

  it('is good for an hour', async () => {
    const { reports } = await database.empty();
    const token = await reports.replayToken(one, NOW);
    const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
    expect(await reports.replay(one, token, after(0))).toBe(0);
    expect(await reports.replay(one, token, after(3_599))).toBe(0);
    expect(await reports.replay(one, token, after(3_600))).toBeUndefined();
  });

  it('is good for the very question only', async () => {
    const { reports } = await database.empty();
    const questions: ReplayQuestion[] = [
      one,
      { ...one, delivery: '1' },
      all,
      { ...all, handler: SECOND },
      { ...all, type: PAID },
      { ...all, type: FAILED },
    ];
    for (const asked of questions) {
      const token = await reports.replayToken(asked, NOW);
      const accepted = [];
      for (const answered of questions) {
        if ((await reports.replay(answered, token, NOW)) !== undefined) accepted.push(answered);
      }
      expect(accepted).toEqual([asked]);
    }
  });

  it('cannot be forged, nor be the token of a link in a mail', async () => {
    const { reports, emailPreferences } = await database.empty();
    const [expiry = '', signature = ''] = (await reports.replayToken(one, NOW)).split('.');
    const link = (await emailPreferences.tokensFor(['12'])).get('12') ?? '';
    for (const token of [
      '',
      expiry,
      signature,
      `${expiry}.`,
      `${Number(expiry) + 60}.${signature}`,
      `${expiry}.${signature.slice(0, -1)}`,
      `${expiry}.${signature.slice(0, -1)}${signature.endsWith('A') ? 'B' : 'A'}`,
      `${expiry}.${signature}x`,
      ` ${expiry}.${signature}`,
      link,
    ]) {
      expect(await reports.replay(one, token, NOW)).toBeUndefined();
    }
  });
});

/** Two handlers, for each of whom two paid and one failed invoice are dead. */
async function withDead(): Promise<Store> {
  const store = await database.empty();
  for (const [id, name] of [
    [FIRST, 'First'],
    [SECOND, 'Second'],
  ] as const) {
    await store.handlers.register({ id, workflowId: id, name, eventTypes: [PAID, FAILED] });
  }
  for (const [index, type] of ['invoice.paid', 'invoice.paid', 'invoice.payment_failed'].entries()) {
    await store.events.accept(event(`evt_${index}`, type));
  }
  await database.sql(
    `update lifecycle.delivery set state = 'dead', last_failure = '{"service": "Mautic", "message": "Refused."}'`,
  );
  return store;
}

function event(externalId: string, type: string): NewEvent {
  return { source: 'stripe', externalId, type, occurredAt: NOW, groupKey: externalId, payload: {} };
}

async function states(store: Store, handlerId: string): Promise<string[]> {
  return (await store.deliveries.find({ handlerId }, 10)).map(({ state }) => state).sort();
}
