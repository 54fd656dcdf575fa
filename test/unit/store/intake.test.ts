import { describe, expect, it } from '@jest/globals';
import type { WebhookRegistration } from '../../../store';
import { useStore } from '../../support/store';

const database = useStore();
const URL = 'https://n8n.example/webhook/mautic/lifecycle';

describe('a registered webhook', () => {
  it('is found again by its source and address', async () => {
    const store = await database.empty();
    await store.webhooks.save(registration());
    expect(await store.webhooks.get('mautic', URL)).toEqual(registration());
    expect(await store.webhooks.get('stripe', URL)).toBeUndefined();
    expect(await store.webhooks.get('mautic', `${URL}/other`)).toBeUndefined();
  });

  it('takes the place of the one before', async () => {
    const store = await database.empty();
    const made = registration({
      externalId: '8',
      secret: null,
      madeByUs: false,
      owner: 'b/c',
      wanted: false,
    });
    await store.webhooks.save(registration());
    await store.webhooks.save(made);
    expect(await store.webhooks.bySource('mautic')).toEqual([made]);
  });

  it('is forgotten alone', async () => {
    const store = await database.empty();
    const other = registration({ url: `${URL}/other` });
    await store.webhooks.save(registration({ wanted: false }));
    await store.webhooks.save(registration({ source: 'stripe', wanted: false }));
    await store.webhooks.save(other);
    await store.webhooks.forget('mautic', URL);
    expect(await store.webhooks.bySource('mautic')).toEqual([other]);
    expect(await store.webhooks.bySource('stripe')).toHaveLength(1);
  });

  it('is not forgotten while it is wanted', async () => {
    const store = await database.empty();
    await store.webhooks.save(registration());
    await store.webhooks.forget('mautic', URL);
    expect(await store.webhooks.bySource('mautic')).toEqual([registration()]);
  });

  it.each([true, false])('stays as wanted as it was (%s) when it is refreshed', async (wanted) => {
    const store = await database.empty();
    await store.webhooks.save(registration({ wanted }));
    const found = { source: 'mautic', url: URL, externalId: '8', secret: 'new', madeByUs: true } as const;
    expect(await store.webhooks.refresh(found)).toBe(true);
    expect(await store.webhooks.get('mautic', URL)).toEqual(registration({ ...found, wanted }));
    expect(await store.webhooks.refresh({ ...found, source: 'stripe' })).toBe(false);
    expect(await store.webhooks.bySource('stripe')).toEqual([]);
  });
});

describe('a cursor', () => {
  it('starts nowhere and stays where it was set last', async () => {
    const store = await database.empty();
    expect(await store.cursors.get('stripe-events')).toBeUndefined();
    await store.cursors.set('stripe-events', 'evt_1');
    await store.cursors.set('mautic-contacts', '2026-03-01 12:00:00');
    await store.cursors.set('stripe-events', 'evt_2');
    expect(await store.cursors.get('stripe-events')).toBe('evt_2');
    expect(await store.cursors.get('mautic-contacts')).toBe('2026-03-01 12:00:00');
  });
});

function registration(over: Partial<WebhookRegistration> = {}): WebhookRegistration {
  return {
    source: 'mautic',
    url: URL,
    externalId: '7',
    secret: 'shared',
    owner: 'intake/mautic',
    madeByUs: true,
    wanted: true,
    ...over,
  };
}
